#include <algorithm>
#include <ranges>

#include <mlops/support/text.hpp>

#include "utf8.hpp"
#include "width_table.hpp"

namespace mlops {

namespace {

template <std::size_t N>
bool contains(const CodePointRange (&ranges)[N], std::uint32_t code_point) {
  const auto* const range = std::ranges::lower_bound(ranges, code_point, {}, &CodePointRange::last);
  return range != std::end(ranges) && range->first <= code_point;
}

std::size_t width_of(std::uint32_t code_point) {
  if (code_point < 0x20 || code_point == 0x7F) return 0;
  if (code_point < 0x300) return 1;
  if (contains(zero_width_ranges, code_point)) return 0;
  return contains(wide_ranges, code_point) ? 2 : 1;
}

// The next thing of `text` that can stand alone, an invalid byte counting as one column.
struct Piece {
  std::size_t length;
  std::size_t width;
};

Piece first_piece(std::string_view text) {
  const CodePoint point = first_code_point(text);
  if (point.length == 0) return {1, 1};
  return {point.length, width_of(point.value)};
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    width += piece.width;
    text.remove_prefix(piece.length);
  }
  return width;
}

std::string truncate_to_width(std::string_view text, std::size_t columns) {
  if (columns == 0) return {};
  if (display_width(text) <= columns) return std::string{text};
  std::size_t kept = 0;
  std::size_t width = 0;
  while (kept < text.size()) {
    const Piece piece = first_piece(text.substr(kept));
    if (width + piece.width > columns - 1) break;
    width += piece.width;
    kept += piece.length;
  }
  return std::string{text.substr(0, kept)} + "…";
}

}  // namespace mlops
