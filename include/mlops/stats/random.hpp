// Random numbers that are the same on every machine for the same seed, so that a verdict can be computed again.
#pragma once

#include <array>
#include <cstdint>

namespace mlops::stats {

// xoshiro256**, seeded by SplitMix64. Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators"
// (2021), and https://prng.di.unimi.it.
class Random {
 public:
  using result_type =
      std::uint64_t;  // a UniformRandomBitGenerator, though std's distributions differ between libraries
  explicit Random(std::uint64_t seed);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  // Below `bound`, which is not 0, without bias. Source: Lemire, "Fast Random Integer Generation in an Interval"
  // (2019).
  std::uint64_t below(std::uint64_t bound);
  // In [0, 1), with 53 bits.
  double uniform();

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace mlops::stats
