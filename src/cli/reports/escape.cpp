#include "reports/escape.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

namespace mlops::cli {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The last two code points of the first plane are the only ones that printable() lets through and XML doesn't.
std::string without_noncharacters(std::string text) {
  for (const auto& [bytes, shown] :
       {std::pair{"\xEF\xBF\xBE", "\\xef\\xbf\\xbe"}, {"\xEF\xBF\xBF", "\\xef\\xbf\\xbf"}}) {
    for (std::size_t at = text.find(bytes); at != std::string::npos; at = text.find(bytes, at)) {
      text.replace(at, 3, shown);
    }
  }
  return text;
}

// Each character replaced by what `stand_in` gives for it; "" keeps the character.
template <typename StandIn>
std::string replaced(std::string_view text, const StandIn& stand_in) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::string_view other = stand_in(c);
    if (other.empty()) {
      out += c;
    } else {
      out += other;
    }
  }
  return out;
}

std::string_view xml_entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string_view attribute_entity(char c) {
  if (c == '\n') return "&#10;";
  if (c == '\t') return "&#9;";
  return xml_entity(c);
}

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string one_line(std::string_view text) {
  std::string line = plain_text(text);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\t', ' ');
  return line;
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string out;
  std::string piece;
  const auto flush = [&] {
    out += printable(piece);
    piece.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends_line = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (ends_line) continue;
    if (text[i] == '\n' || text[i] == '\t') {
      flush();
      out += text[i];
    } else {
      piece += text[i];
    }
  }
  flush();
  return without_noncharacters(std::move(out));
}

std::string shortened(std::string_view text, std::size_t bytes) {
  constexpr std::string_view ellipsis = "…";
  if (text.size() <= bytes) return std::string{text};
  std::size_t end = bytes > ellipsis.size() ? bytes - ellipsis.size() : 0;
  while (end > 0 && is_inside_character(text[end])) --end;
  return std::string{text.substr(0, end)}.append(ellipsis);
}

std::string xml_text(std::string_view text) { return replaced(plain_text(text), xml_entity); }

std::string xml_attribute(std::string_view text) { return replaced(plain_text(text), attribute_entity); }

std::string markdown_prose(std::string_view text) {
  constexpr std::string_view markup = "\\`*_{}[]()#+!|~$";
  const std::string line = one_line(text);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (const std::string_view entity = c == '\'' || c == '"' ? std::string_view{} : xml_entity(c); !entity.empty()) {
      out += entity;
      continue;
    }
    if (markup.find(c) != std::string_view::npos) out += '\\';
    out += c;
    // `@ada` would call a person, `#12` an issue; a space of no width between keeps both from it.
    const bool begins_word = i == 0 || !is_word(line[i - 1]);
    if ((c == '@' || c == '#') && begins_word && i + 1 < line.size() && is_word(line[i + 1])) out += "&#8203;";
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  const std::string line = one_line(text);
  if (trim(line).empty()) return "";
  const std::string fence(longest_run(line, '`') + 1, '`');
  const bool needs_room = line.front() == '`' || line.back() == '`';
  const std::string_view room = needs_room ? " " : "";
  // A table takes a bar for the end of a cell even in code.
  const std::string code =
      replaced(line, [](char c) { return c == '|' ? std::string_view{"\\|"} : std::string_view{}; });
  return fmt::format("{}{}{}{}{}", fence, room, code, room, fence);
}

std::string github_message(std::string_view text) {
  return replaced(plain_text(text), [](char c) -> std::string_view {
    if (c == '%') return "%25";
    if (c == '\r') return "%0D";
    if (c == '\n') return "%0A";
    return {};
  });
}

std::string github_property(std::string_view text) {
  return replaced(github_message(text), [](char c) -> std::string_view {
    if (c == ':') return "%3A";
    if (c == ',') return "%2C";
    return {};
  });
}

std::string yaml_string(std::string_view text) {
  constexpr std::array<std::string_view, 10> words = {"true", "false", "null", "yes", "no",
                                                      "on",   "off",   "y",    "n",   "nan"};
  std::string line = one_line(text);
  const bool is_plain = !line.empty() && is_letter(line.front()) && std::ranges::all_of(line, [](char c) {
    return is_word(c) || c == '-' || c == '.' || c == '/';
  });
  if (is_plain && std::ranges::find(words, lower_ascii(line)) == words.end()) return line;
  return to_line(Json{line});
}

std::string yaml_number(double value) {
  std::string text = number_text(value);
  const std::size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) text.insert(exponent, ".0");
  return text;
}

}  // namespace mlops::cli
