#include "yaml/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

template <std::size_t n>
bool is_one_of(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::array<std::string_view, 5> null_words = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 9> true_words = {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::array<std::string_view, 9> false_words = {"no",    "No",  "NO",  "false", "False",
                                                         "FALSE", "off", "Off", "OFF"};

std::string without_underscores(std::string_view text) {
  std::string result{text};
  std::erase(result, '_');
  return result;
}

std::string_view unsigned_part(std::string_view text) {
  return !text.empty() && (text.front() == '-' || text.front() == '+') ? text.substr(1) : text;
}

// Digits of a base and underscores, at least one of them a digit.
std::optional<Json> integer_of(std::string_view digits, int base, bool negative) {
  const std::string text = (negative ? "-" : "") + without_underscores(digits);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc{}) return Json{value};
  if (error != std::errc::result_out_of_range || base != 10) return std::nullopt;
  if (const auto approximately = parse_double(text)) return Json{*approximately};
  return std::nullopt;
}

// "1:30:00" is 5400 to YAML 1.1.
std::optional<Json> sexagesimal_of(std::string_view text, bool negative) {
  if (text.empty() || !is_digit(text.front()) || text.front() == '0') return std::nullopt;
  constexpr std::int64_t most = std::int64_t{1} << 50;
  std::int64_t value = 0;
  bool first = true;
  for (const std::string& part : split(text, ':')) {
    const std::string digits = without_underscores(part);
    const auto figure = parse_integer(digits);
    if (!figure || digits.empty() || !std::ranges::all_of(digits, is_digit) || value > most) return std::nullopt;
    if (!first && (part.size() > 2 || *figure > 59)) return std::nullopt;
    if (*figure > most) return std::nullopt;
    value = value * 60 + *figure;
    first = false;
  }
  return Json{negative ? -value : value};
}

std::optional<Json> any_integer_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = unsigned_part(text);
  if (digits.empty() || !is_digit(digits.front())) return std::nullopt;
  if (digits == "0") return Json{std::int64_t{0}};
  if (digits.starts_with("0b")) return integer_of(digits.substr(2), 2, negative);
  if (digits.starts_with("0x")) return integer_of(digits.substr(2), 16, negative);
  if (digits.front() == '0') return integer_of(digits, 8, negative);
  if (digits.find(':') != std::string_view::npos) return sexagesimal_of(digits, negative);
  return integer_of(digits, 10, negative);
}

// [0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)? and \.[0-9][0-9_]*([eE][-+][0-9]+)?: without a point, or without a sign in
// the exponent, it is text to YAML 1.1 ("1e3").
bool is_float(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return false;
  const auto is_figure = [](char c) { return is_digit(c) || c == '_'; };
  const std::string_view whole = text.substr(0, point);
  std::string_view rest = text.substr(point + 1);
  if (!std::ranges::all_of(whole, is_figure) || (!whole.empty() && !is_digit(whole.front()))) return false;
  const std::size_t exponent = std::min(rest.find_first_of("eE"), rest.size());
  const std::string_view fraction = rest.substr(0, exponent);
  if (!std::ranges::all_of(fraction, is_figure)) return false;
  if (whole.empty() && (fraction.empty() || !is_digit(fraction.front()))) return false;
  rest.remove_prefix(exponent);
  if (rest.empty()) return true;
  return rest.size() > 2 && (rest[1] == '-' || rest[1] == '+') && std::ranges::all_of(rest.substr(2), is_digit);
}

std::optional<Json> any_float_of(std::string_view text) {
  // PyYAML takes no sign before a leading point.
  const std::string_view figure = text.starts_with("-.") || text.starts_with("+.") ? text : unsigned_part(text);
  if (!is_float(figure)) return std::nullopt;
  std::string digits = without_underscores(text);
  if (digits.starts_with('+')) digits.erase(0, 1);
  if (const auto value = parse_double(digits)) return Json{*value};
  return std::nullopt;
}

}  // namespace

Json plain_scalar(std::string_view text) {
  if (is_one_of(text, null_words)) return Json{};
  if (is_one_of(text, true_words)) return Json{true};
  if (is_one_of(text, false_words)) return Json{false};
  if (auto value = any_integer_of(text)) return *value;
  if (auto value = any_float_of(text)) return *value;
  return Json{text};
}

std::optional<Json> tagged_scalar(std::string_view type, std::string_view text) {
  if (type == "int") return any_integer_of(text);
  if (type == "float") {
    if (auto value = any_float_of(text)) return value;
    if (auto value = any_integer_of(text)) return Json{value->as_double()};
    return std::nullopt;
  }
  Json plain = plain_scalar(text);
  if (type == "null" && plain.is_null()) return plain;
  if (type == "bool" && plain.is_bool()) return plain;
  if (type == "str" || type == "timestamp" || type == "binary") return Json{text};
  return std::nullopt;
}

}  // namespace mlops::formats
