// Reading UTF-8 one code point at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mlops {

// A code point and the bytes it takes; length 0 when `text` is empty or does not begin with a valid sequence
// (overlong forms, surrogates and values beyond U+10FFFF are invalid).
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;
};

constexpr CodePoint first_code_point(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [text](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[index]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};

  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t value = lead & (0x7Fu >> length);
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xC0u) != 0x80u) return {};
    value = (value << 6) | (byte(index) & 0x3Fu);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest[length] || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

}  // namespace mlops
