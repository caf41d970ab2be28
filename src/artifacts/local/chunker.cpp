// FastCDC (Xia et al., USENIX ATC 2016): a gear hash, no cut before the least size, and normalised chunking: harder to
// cut before the target, easier after it, so that sizes stay near it.
#include "chunker.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace mlops::artifacts {

namespace {

using Gear = std::array<std::uint64_t, 256>;

// Random numbers, one for each value of a byte: the first 256 of SplitMix64 (Steele et al., OOPSLA 2014) from seed 0.
constexpr Gear make_gear() {
  Gear gear{};
  std::uint64_t state = 0;
  for (std::uint64_t& value : gear) {
    state += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    value = mixed ^ (mixed >> 31);
  }
  return gear;
}

constexpr Gear gear = make_gear();

// The highest bits: they depend on the last 64 bytes, the low ones only on the last few.
constexpr std::uint64_t high_bits(int count) { return ~std::uint64_t{0} << (64 - count); }
constexpr int target_bits = 15;
static_assert(target_chunk == std::size_t{1} << target_bits);
constexpr std::uint64_t hard_mask = high_bits(target_bits + 2);
constexpr std::uint64_t easy_mask = high_bits(target_bits - 2);

}  // namespace

std::size_t first_chunk(std::span<const std::byte> bytes) {
  if (bytes.size() <= min_chunk) return bytes.size();
  const std::size_t end = std::min(bytes.size(), max_chunk);
  const std::size_t target = std::min(end, target_chunk);
  std::uint64_t hash = 0;
  std::size_t i = min_chunk;
  for (; i < target; ++i) {
    hash = (hash << 1) + gear[static_cast<std::uint8_t>(bytes[i])];
    if ((hash & hard_mask) == 0) return i + 1;
  }
  for (; i < end; ++i) {
    hash = (hash << 1) + gear[static_cast<std::uint8_t>(bytes[i])];
    if ((hash & easy_mask) == 0) return i + 1;
  }
  return end;
}

}  // namespace mlops::artifacts
