#include "yaml/yaml_format.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "malformed.hpp"
#include "yaml/yaml.hpp"
#include "yaml/yaml_events.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;
using Kind = YamlEvent::Kind;

// However the tag is written: "!!python/", "!<tag:yaml.org,2002:python/", "%TAG !p! tag:yaml.org,2002:python/".
bool mentions_python(std::string_view text) {
  return text.find("!!python/") != std::string_view::npos || text.find("2002:python/") != std::string_view::npos;
}

bool is_text(std::string_view bytes) {
  return !bytes.empty() &&
         bytes.find_first_of(std::string_view{"\0\x01\x02\x03\x04\x05\x06\x7F", 8}) == std::string_view::npos;
}

// Whole lines only, when the file goes on.
std::string_view whole_lines(const Head& head) {
  const std::string_view text = head.bytes;
  return head.source.size() > text.size() ? text.substr(0, text.rfind('\n') + 1) : text;
}

// Whether it begins with a mapping or list, and goes on as YAML to its end or to where it was cut off.
bool reads_as_block(std::string_view text, bool is_cut) {
  YamlEvents events{text, "it"};
  bool has_block = false;
  std::size_t last_line = 0;
  try {
    for (YamlEvent event = events.next(); event.kind != Kind::stream_end; event = events.next()) {
      last_line = event.line;
      has_block = has_block || event.kind == Kind::mapping_start || event.kind == Kind::sequence_start;
      if (event.kind == Kind::scalar && !has_block) return false;
    }
  } catch (const Error&) {
    constexpr std::size_t enough = 20;
    return is_cut && has_block && last_line > enough;
  }
  return has_block;
}

}  // namespace

bool is_yaml(const Head& head) {
  const std::string_view text = whole_lines(head);
  if (!is_text(text)) return false;
  if (mentions_python(text)) return true;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] == '{' || text[first] == '[') return false;
  try {
    return reads_as_block(text, head.source.size() > head.bytes.size());
  } catch (const Error&) {
    return false;  // beyond what we read as YAML
  }
}

void scan_yaml(const ByteSource& source, Scanning& scanning) {
  if (source.size() > YamlEvents::most_bytes)
    throw Unscannable{fmt::format("YAML of more than {}", bytes_text(YamlEvents::most_bytes))};
  const std::string text = read_bytes(source, 0, YamlEvents::most_bytes);
  const YamlTags found = object_tags(text);
  for (const YamlTag& tag : found.tags) {
    if (tag.tag.starts_with("python/")) {
      scanning.report(Safety::dangerous, "yaml.python-tag",
                      fmt::format("tag `!!{}` in line {} makes a loader call what it names", tag.tag, tag.line));
    } else {
      scanning.report(Safety::unknown, "yaml.tag",
                      fmt::format("tag `!!{}` in line {} is not YAML's own", tag.tag, tag.line));
    }
  }
  if (found.given_up) throw Unscannable{found.broken};
  // What a loader refuses as a whole makes no objects; but another parser may see where it goes on.
  if (!found.broken.empty() && found.tags.empty() && mentions_python(text)) {
    scanning.report(Safety::unknown, "yaml.python-tag",
                    fmt::format("names tags of Python's, and is not YAML to its end ({})", found.broken));
  }
}

}  // namespace mlops::formats
