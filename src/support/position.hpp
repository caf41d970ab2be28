// Where a byte of a text stands, as editors count: lines and characters from 1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mlops {

struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

inline Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };
  Position position;
  position.line += static_cast<std::size_t>(std::ranges::count(before, '\n'));
  position.column += static_cast<std::size_t>(std::ranges::count_if(before.substr(line_start), is_first_byte));
  return position;
}

}  // namespace mlops
