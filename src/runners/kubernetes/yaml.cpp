#include "kubernetes/yaml.hpp"

#include <algorithm>
#include <string_view>

#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

// Words, paths and names that no YAML reader takes for anything but text.
bool is_plain(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_inner = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-' || c == '_';
  };
  if (text.empty() || (!is_letter(text.front()) && text.front() != '/')) return false;
  if (!std::ranges::all_of(text, is_inner)) return false;
  const std::string lower = lower_ascii(text);
  static constexpr std::string_view taken[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  return std::ranges::find(taken, lower) == std::end(taken);
}

// A block keeps every byte when its lines don't begin with a space and hold nothing that YAML can't show.
bool fits_block(std::string_view text) {
  const auto is_shown = [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; };
  return text.find('\n') != std::string_view::npos && text.front() != ' ' && text.front() != '\n' &&
         text.ends_with('\n') && !text.ends_with("\n\n") && std::ranges::all_of(text, is_shown) && is_valid_utf8(text);
}

std::string scalar(const Json& value, const std::string& indent) {
  if (!value.is_string()) return to_line(value);
  const std::string& text = value.as_string();
  if (is_plain(text)) return text;
  if (!fits_block(text)) return to_line(value);  // a JSON text is a YAML text
  std::string block = "|";
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    const std::string_view line = std::string_view{text}.substr(begin, end - begin);
    block += "\n";
    if (!line.empty()) block += indent + std::string{line};
    begin = end + 1;
  }
  return block;
}

bool is_nested(const Json& value) {
  return (value.is_object() && !value.as_object().empty()) || (value.is_array() && !value.as_array().empty());
}

std::string lines_of(const Json& value, const std::string& indent);

std::string key_text(const std::string& key) { return is_plain(key) ? key : to_line(Json{key}); }

std::string member(const std::string& key, const Json& value, const std::string& indent) {
  if (!is_nested(value)) return key_text(key) + ": " + scalar(value, indent + "  ") + "\n";
  // Lists stand below their key without further space, as Kubernetes prints them.
  return key_text(key) + ":\n" + lines_of(value, value.is_array() ? indent : indent + "  ");
}

std::string lines_of(const Json& value, const std::string& indent) {
  std::string text;
  if (value.is_array()) {
    for (const Json& item : value.as_array()) {
      if (is_nested(item)) {
        text += indent + "- " + lines_of(item, indent + "  ").substr(indent.size() + 2);
      } else {
        text += indent + "- " + scalar(item, indent + "  ") + "\n";
      }
    }
    return text;
  }
  for (const auto& [key, inner] : value.as_object()) text += indent + member(key, inner, indent);
  return text;
}

}  // namespace

std::string yaml_text(const Json& value) { return is_nested(value) ? lines_of(value, "") : scalar(value, "  ") + "\n"; }

}  // namespace mlops::runners
