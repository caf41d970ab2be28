// Numbers as the files of the store hold them: little-endian, whatever the machine.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <mlops/support/digest.hpp>

namespace mlops::artifacts {

template <std::unsigned_integral Number>
void append_number(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xFF);
}

inline void append_digest(std::string& bytes, const Digest& digest) {
  bytes.append(reinterpret_cast<const char*>(digest.bytes().data()), Digest::size);
}

// The caller has checked that the bytes are there.
template <std::unsigned_integral Number>
Number number_at(std::span<const std::byte> bytes, std::size_t offset) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(number | static_cast<Number>(static_cast<Number>(bytes[offset + i]) << (8 * i)));
  }
  return number;
}

inline Digest digest_at(std::span<const std::byte> bytes, std::size_t offset) {
  Digest::Bytes copy{};
  for (std::size_t i = 0; i < Digest::size; ++i) copy[i] = static_cast<std::uint8_t>(bytes[offset + i]);
  return Digest{copy};
}

inline std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span{text}); }

}  // namespace mlops::artifacts
