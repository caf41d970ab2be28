// How many different values there are, counted or estimated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mlops::stats {

// 64 well-mixed bits of a text, the same on every machine. Not for keys that an attacker may choose where collisions
// would do harm.
[[nodiscard]] std::uint64_t hash_text(std::string_view text);

// A set of hashes of values up to a bound, and a HyperLogLog beyond it. Source: Flajolet et al., "HyperLogLog" (2007),
// with the estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no
// tables of corrections.
class DistinctCounter {
 public:
  static constexpr std::size_t largest_exact = 16'384;
  static constexpr unsigned precision = 14;  // 2^14 registers of one byte

  void add(std::uint64_t hash);
  void merge(const DistinctCounter& other);

  [[nodiscard]] bool is_exact() const { return registers_.empty(); }
  [[nodiscard]] std::uint64_t count() const;
  // The standard deviation of the count, as a share of it: 1.04 / sqrt(2^precision), 0 while exact.
  [[nodiscard]] double relative_error() const;

 private:
  void insert(std::uint64_t hash);
  void estimate_from_now_on();
  void note(std::uint64_t hash);

  std::vector<std::uint64_t> slots_;  // open addressing; 0 is an empty slot
  std::size_t used_ = 0;
  std::vector<std::uint8_t> registers_;
};

}  // namespace mlops::stats
