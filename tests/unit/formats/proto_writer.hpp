// Writes protocol buffers' wire format, as a test needs it: also what no honest writer writes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlops::formats::wire {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  bytes += static_cast<char>(value);
  return bytes;
}

inline std::string number(std::uint32_t field, std::uint64_t value) { return varint(field << 3) + varint(value); }

// Also a text or a message. `declared` is the length that is claimed, where it is not that of the content.
inline std::string bytes(std::uint32_t field, std::string_view content) {
  return varint(field << 3 | 2) + varint(content.size()) + std::string{content};
}
inline std::string bytes_declaring(std::uint32_t field, std::uint64_t declared, std::string_view content) {
  return varint(field << 3 | 2) + varint(declared) + std::string{content};
}

inline std::string entry(std::uint32_t field, std::string_view key, std::string_view value) {
  return bytes(field, bytes(1, key) + bytes(2, value));
}

// A message inside a message inside a message: each in the field `field` of the one around it.
inline std::string nested(std::uint32_t field, int levels, std::string inner) {
  for (int i = 0; i < levels; ++i) inner = bytes(field, inner);
  return inner;
}

}  // namespace mlops::formats::wire
