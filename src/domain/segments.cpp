#include "segments.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

constexpr bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr bool is_separator(char c) { return c == '.' || c == '_' || c == '-'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// The whole character that begins at `start` of valid UTF-8.
std::string_view character_at(std::string_view text, std::size_t start) {
  std::size_t end = start + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) ++end;
  return text.substr(start, end - start);
}

std::string character_fault(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ') return "it has a space";
  if (is_control(c)) return "it has a control character";
  if (is_upper(c)) return fmt::format("it has the upper-case letter `{}`", c);
  if (!is_ascii(c)) return fmt::format("it has `{}`, which is not one of a-z, 0-9", printable(character_at(text, at)));
  return fmt::format("it has a `{}`", c);
}

std::string segment_fault(std::string_view segment) {
  if (segment.empty()) return "there is nothing on one side of the `/`";
  if (is_separator(segment.front())) return fmt::format("it begins with `{}`", segment.front());
  if (is_separator(segment.back())) return fmt::format("it ends with `{}`", segment.back());
  return "it has two of `.`, `_`, `-` in a row";
}

// The first rule that `text`, known to break one, breaks.
std::string fault(std::string_view text, bool allows_namespace) {
  if (!is_valid_utf8(text)) return "it is not valid UTF-8";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool legal = is_lower_or_digit(c) || is_separator(c) || (c == '/' && allows_namespace);
    if (!legal) return character_fault(text, i);
  }
  if (std::count(text.begin(), text.end(), '/') > 1) return "it has more than one `/`";
  for (const std::string& segment : split(text, '/')) {
    if (!is_segment(segment)) return segment_fault(segment);
  }
  return "it breaks the rule";
}

bool is_legal(std::string_view text, bool allows_namespace) {
  const std::size_t slash = allows_namespace ? text.find('/') : std::string_view::npos;
  if (slash == std::string_view::npos) return is_segment(text);
  return is_segment(text.substr(0, slash)) && is_segment(text.substr(slash + 1));
}

std::string nearest_segment(std::string_view text) {
  std::string name;
  for (const char c : lower_ascii(text)) {
    if (is_lower_or_digit(c)) {
      name += c;
    } else if (!name.empty() && !is_separator(name.back())) {
      name += is_separator(c) ? c : '-';
    }
  }
  while (!name.empty() && is_separator(name.back())) name.pop_back();
  return name;
}

}  // namespace

bool is_segment(std::string_view text) {
  bool after_separator = true;
  for (const char c : text) {
    if (is_separator(c)) {
      if (after_separator) return false;
      after_separator = true;
    } else if (is_lower_or_digit(c)) {
      after_separator = false;
    } else {
      return false;
    }
  }
  return !after_separator;
}

std::optional<std::string> nearest_name(std::string_view text, bool allows_namespace) {
  const std::size_t slash = allows_namespace ? text.find('/') : std::string_view::npos;
  std::string name;
  if (slash != std::string_view::npos) {
    const std::string first = nearest_segment(text.substr(0, slash));
    const std::string second = nearest_segment(text.substr(slash + 1));
    name = first + (first.empty() || second.empty() ? "" : "/") + second;
  } else {
    name = nearest_segment(text);
  }
  // Letters of other alphabets have no counterpart here, and leaving them out makes another word.
  const bool is_spelled_out = std::ranges::all_of(text, is_ascii);
  const bool near = is_spelled_out && name.size() * 2 >= text.size() && name.size() <= max_name_length;
  if (name.empty() || name == text || !near) return std::nullopt;
  return name;
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 80;
  return truncate_to_width(printable(text.substr(0, 4 * longest)), longest);
}

std::string check_segments(std::string_view kind, std::string_view text, bool allows_namespace) {
  if (text.empty()) throw Error{ErrorKind::usage, fmt::format("the name of the {} is empty", kind)};
  if (text.size() > max_name_length) {
    throw Error{ErrorKind::usage, fmt::format("the {} name `{}` is {} bytes long, the longest allowed is {}", kind,
                                              shown(text), text.size(), max_name_length)};
  }
  if (is_legal(text, allows_namespace)) return std::string{text};

  constexpr std::string_view vowels = "aeiou";
  const std::string_view article = vowels.find(kind.front()) == std::string_view::npos ? "a" : "an";
  Error error{ErrorKind::usage, fmt::format("`{}` can't be the name of {} {}: {}", shown(text), article, kind,
                                            fault(text, allows_namespace))};
  if (const auto near = nearest_name(text, allows_namespace)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("a name is made of a-z and 0-9, with single `.`, `_` or `-` between them{}",
                             allows_namespace ? ", and may have one `namespace/` before it" : ""));
  throw error;
}

}  // namespace mlops::domain
