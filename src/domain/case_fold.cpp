#include "case_fold.hpp"

#include <cstdint>

namespace mlops::domain {
namespace {

constexpr std::uint32_t fold_pair(std::uint32_t c, bool upper_is_even) {
  const bool is_even = c % 2 == 0;
  return is_even == upper_is_even ? c + 1 : c;
}

// Only letters of two UTF-8 bytes, U+0080 to U+07FF.
constexpr std::uint32_t fold_letter(std::uint32_t c) {
  if (c >= 0x00C0 && c <= 0x00DE && c != 0x00D7) return c + 0x20;
  if (c >= 0x0100 && c <= 0x0137) return fold_pair(c, true);
  if (c >= 0x0139 && c <= 0x0148) return fold_pair(c, false);
  if (c >= 0x014A && c <= 0x0177) return fold_pair(c, true);
  if (c == 0x0178) return 0x00FF;
  if (c >= 0x0179 && c <= 0x017E) return fold_pair(c, false);
  if (c >= 0x0391 && c <= 0x03A9 && c != 0x03A2) return c + 0x20;
  if (c >= 0x0400 && c <= 0x040F) return c + 0x50;
  if (c >= 0x0410 && c <= 0x042F) return c + 0x20;
  return c;
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string folded{text};
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto first = static_cast<unsigned char>(folded[i]);
    if (first >= 'A' && first <= 'Z') folded[i] = static_cast<char>(first + ('a' - 'A'));
    const bool begins_pair = first >= 0xC2 && first <= 0xDF && i + 1 < folded.size();
    if (!begins_pair) continue;
    const auto second = static_cast<unsigned char>(folded[i + 1]);
    const std::uint32_t letter = fold_letter((static_cast<std::uint32_t>(first & 0x1Fu) << 6) | (second & 0x3Fu));
    folded[i] = static_cast<char>(0xC0u | (letter >> 6));
    folded[i + 1] = static_cast<char>(0x80u | (letter & 0x3Fu));
    ++i;
  }
  return folded;
}

}  // namespace mlops::domain
