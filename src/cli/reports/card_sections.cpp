#include "reports/card_sections.hpp"

#include <algorithm>

#include <mlops/support/text.hpp>

#include "reports/card.hpp"
#include "reports/escape.hpp"

namespace mlops::cli {

namespace {

constexpr int deepest_heading = 6;

std::string unquoted(std::string_view text) {
  text = trim(text);
  const bool is_quoted =
      text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return std::string{is_quoted ? text.substr(1, text.size() - 2) : text};
}

// Anything that YAML gives a meaning of its own is not for us to guess.
bool is_simple(std::string_view value) {
  constexpr std::string_view special = "{}[]&*!|>%@`\\\"'#";
  return !value.empty() && value.find_first_of(special) == std::string_view::npos &&
         value.find(": ") == std::string_view::npos;
}

std::vector<std::string> flow_list(std::string_view text) {
  std::vector<std::string> values;
  for (const std::string& item : split(text.substr(1, text.size() - 2), ',')) values.push_back(unquoted(item));
  return values;
}

// Lines of the front matter, from the one after "---". False for a block that has no end.
bool read_front_matter(const std::vector<std::string>& lines, std::size_t& next, AuthoredCard& card) {
  const auto begin = lines.begin() + 1;
  const auto end = std::find_if(begin, lines.end(), [](const std::string& line) { return trim(line) == "---"; });
  if (end == lines.end()) return false;
  std::vector<CardEntry> entries;
  for (auto line = begin; line != end; ++line) {
    const std::string_view text = trim(*line);
    if (text.empty() || text.starts_with('#')) continue;
    const bool is_item = text.starts_with("- ");
    if (is_item && !entries.empty()) {
      entries.back().is_list = true;
      entries.back().values.push_back(unquoted(text.substr(2)));
      continue;
    }
    const std::size_t colon = text.find(':');
    if (line->front() == ' ' || line->front() == '\t' || colon == std::string_view::npos) {
      // Part of something nested.
      if (!entries.empty()) entries.back().values.emplace_back();
      continue;
    }
    CardEntry entry{.key = std::string{text.substr(0, colon)}, .values = {}, .is_list = false};
    const std::string_view value = trim(text.substr(colon + 1));
    entry.is_list = value.size() >= 2 && value.front() == '[' && value.back() == ']';
    if (entry.is_list) entry.values = flow_list(value);
    if (!entry.is_list && !value.empty()) entry.values.push_back(unquoted(value));
    entries.push_back(std::move(entry));
  }
  for (CardEntry& entry : entries) {
    const bool is_readable = !entry.values.empty() && std::ranges::all_of(entry.values, is_simple);
    if (is_readable) {
      card.entries.push_back(std::move(entry));
    } else {
      card.unread.push_back(std::move(entry.key));
    }
  }
  next = static_cast<std::size_t>(end - lines.begin()) + 1;
  return true;
}

// The level of a heading line, 0 for any other.
int heading_level(std::string_view line) {
  std::size_t level = line.find_first_not_of('#');
  if (level == std::string_view::npos) level = line.size();
  if (level == 0 || level > deepest_heading) return 0;
  const bool has_room = level == line.size() || line[level] == ' ' || line[level] == '\t';
  return has_room ? static_cast<int>(level) : 0;
}

// "## Uses ##" is "Uses".
std::string heading_text(std::string_view line) {
  std::string_view text = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
  const std::size_t last = text.find_last_not_of('#');
  if (last != std::string_view::npos && last + 1 < text.size() && text[last] == ' ') text = trim(text.substr(0, last));
  return std::string{text};
}

bool opens_fence(std::string_view line) { return line.starts_with("```") || line.starts_with("~~~"); }

}  // namespace

std::string heading_key(std::string_view heading) {
  std::string key = lower_ascii(heading);
  if (const std::size_t at = key.find("[optional]"); at != std::string::npos) key.erase(at);
  std::erase_if(key, [](char c) {
    const bool is_plain_ascii = is_digit(c) || (c >= 'a' && c <= 'z');
    return !is_plain_ascii && static_cast<unsigned char>(c) < 0x80;
  });
  return key;
}

AuthoredCard read_authored_card(std::string_view markdown) {
  AuthoredCard card;
  const std::vector<std::string> lines = split(plain_text(markdown), '\n');
  std::size_t next = 0;
  if (trim(lines.front()) == "---") read_front_matter(lines, next, card);
  std::vector<CardSection> sections{{.level = 1, .heading = "", .body = ""}};
  std::string fence;
  for (; next < lines.size(); ++next) {
    const std::string& line = lines[next];
    const std::string_view text = trim(line);
    const int level = fence.empty() ? heading_level(line) : 0;
    if (level > 0) {
      sections.push_back({.level = level, .heading = heading_text(line), .body = ""});
      continue;
    }
    if (fence.empty() && opens_fence(text)) {
      fence = text.substr(0, 3);
    } else if (!fence.empty() && text.starts_with(fence)) {
      fence.clear();
    }
    sections.back().body += line + '\n';
  }
  for (CardSection& section : sections) {
    section.body = std::string{trim(section.body)};
    if (section.body == card_placeholder) section.body.clear();
  }
  card.intro = std::move(sections.front().body);
  sections.erase(sections.begin());
  card.sections = std::move(sections);
  return card;
}

}  // namespace mlops::cli
