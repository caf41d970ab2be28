// What a cell of a table holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <mlops/formats/table.hpp>

namespace mlops::formats {

// From the narrowest on. Integers and numbers make a column of numbers, dates and times one of times, all other
// mixtures one of text.
enum class ValueType : std::uint8_t { empty, integer, number, boolean, date, time, text };
std::string_view name_of(ValueType type);
std::optional<ValueType> value_type_named(std::string_view name);

[[nodiscard]] ValueType widened(ValueType column, ValueType value);
// Whether a column of this type may hold such a value: an integer is a number, a date is a time, everything is a text.
[[nodiscard]] bool accepts(ValueType column, ValueType value);
[[nodiscard]] constexpr bool is_numeric(ValueType type) {
  return type == ValueType::integer || type == ValueType::number;
}
[[nodiscard]] constexpr bool is_temporal(ValueType type) { return type == ValueType::date || type == ValueType::time; }

struct Value {
  ValueType type = ValueType::empty;
  // Of a number: its value, which may be infinite. Of a boolean: 1 for true. Of a date or time: milliseconds since
  // 1970-01-01T00:00:00Z; a time without a zone is taken for UTC.
  double number = 0;
};

// Numbers as "12", "-1.5", ".5", "1e-3", "inf"; "true" and "false" in any case; ISO 8601 dates "2026-11-01" and times
// "2026-11-01T09:30:00.5Z", also with a space for the T, without seconds, and with a zone "+01:00". Spaces around
// are left out.
[[nodiscard]] Value value_of(const Cell& cell);
[[nodiscard]] Value value_of(std::string_view text);

}  // namespace mlops::formats
