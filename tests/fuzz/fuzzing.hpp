// What the fuzzers share. Each takes bytes as a disk might give them back: nothing but its answer may come of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include <mlops/support/digest.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mlops::fuzzing {

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span{data, size});
}

inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string text_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.bytes().data()), Digest::size};
}

// What must hold whatever the bytes are; the fuzzer keeps those for which it does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace mlops::fuzzing
