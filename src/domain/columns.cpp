#include "columns.hpp"

#include <algorithm>

namespace mlops::domain {

std::size_t column_of(std::string_view text, std::size_t offset) {
  const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };
  return 1 + static_cast<std::size_t>(std::ranges::count_if(text.substr(0, offset), begins_character));
}

}  // namespace mlops::domain
