// What the values of a column have in common.
#pragma once

#include <cstdint>
#include <string_view>

namespace mlops::formats {

// From the narrowest to the widest; a value of one kind and one of another make a column of text, unless both are
// numbers.
enum class ColumnType : std::uint8_t { empty, integer, number, boolean, text };

std::string_view name_of(ColumnType type);

// The kind of one value, without the spaces around it.
ColumnType type_of_value(std::string_view value);

// The type of a column that was `column` so far and holds a value of kind `value` as well.
ColumnType widened(ColumnType column, ColumnType value);

}  // namespace mlops::formats
