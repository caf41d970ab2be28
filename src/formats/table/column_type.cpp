#include "table/column_type.hpp"

#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

// Cuts digits off the front; false when there are none.
bool take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count > 0;
}

void take_sign(std::string_view& text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
}

// The grammar "12", "-1.5", ".5", "5.", "1e-3". By hand, because it is asked for every value of files of many
// gigabytes.
ColumnType type_of_figure(std::string_view text) {
  take_sign(text);
  bool has_digits = take_digits(text);
  if (text.empty()) return has_digits ? ColumnType::integer : ColumnType::text;
  if (text.front() == '.') {
    text.remove_prefix(1);
    has_digits = take_digits(text) || has_digits;
  }
  if (!has_digits) return ColumnType::text;
  if (text.empty()) return ColumnType::number;
  if (text.front() != 'e' && text.front() != 'E') return ColumnType::text;
  text.remove_prefix(1);
  take_sign(text);
  return take_digits(text) && text.empty() ? ColumnType::number : ColumnType::text;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

std::string_view without_spaces_around(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_numeric(ColumnType type) { return type == ColumnType::integer || type == ColumnType::number; }

}  // namespace

std::string_view name_of(ColumnType type) {
  switch (type) {
    case ColumnType::empty:
      return "empty";
    case ColumnType::integer:
      return "integer";
    case ColumnType::number:
      return "number";
    case ColumnType::boolean:
      return "boolean";
    case ColumnType::text:
      return "text";
  }
  return "text";
}

ColumnType type_of_value(std::string_view value) {
  const std::string_view text = without_spaces_around(value);
  if (text.empty()) return ColumnType::empty;
  const char first = text.front();
  if (is_digit(first) || first == '-' || first == '+' || first == '.') return type_of_figure(text);
  if (equals_ignoring_case(text, "true") || equals_ignoring_case(text, "false")) return ColumnType::boolean;
  return ColumnType::text;
}

ColumnType widened(ColumnType column, ColumnType value) {
  if (value == ColumnType::empty || column == value) return column;
  if (column == ColumnType::empty) return value;
  return is_numeric(column) && is_numeric(value) ? ColumnType::number : ColumnType::text;
}

}  // namespace mlops::formats
