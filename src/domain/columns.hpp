// Positions in a line of text, as people count them.
#pragma once

#include <cstddef>
#include <string_view>

namespace mlops::domain {

// The 1-based column of the byte at `offset`, counted in characters.
std::size_t column_of(std::string_view text, std::size_t offset);

}  // namespace mlops::domain
