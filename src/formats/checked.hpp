// Arithmetic on sizes and offsets that a file declares: nullopt instead of an overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace mlops::formats {

inline std::optional<std::uint64_t> checked_sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

inline std::optional<std::uint64_t> checked_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// The number of elements of an array of this shape. An overflow is one even when a later dimension is 0: readers that
// multiply in this order have overflowed by then.
inline std::optional<std::uint64_t> element_count(std::span<const std::uint64_t> shape) {
  std::optional<std::uint64_t> count = 1;
  for (const std::uint64_t extent : shape) {
    count = checked_product(*count, extent);
    if (!count) return std::nullopt;
  }
  return count;
}

// A number that only adds up to what can be shown.
inline std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) { return checked_sum(a, b).value_or(UINT64_MAX); }

}  // namespace mlops::formats
