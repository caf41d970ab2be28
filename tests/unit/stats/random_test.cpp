#include <mlops/stats/random.hpp>

#include <array>

#include <catch2/catch.hpp>

using mlops::stats::Random;

// From the reference implementation of SplitMix64 and xoshiro256** (https://prng.di.unimi.it), seeded with 1234567,
// written again in Python: tests/oracles/random_numbers.py.
TEST_CASE("random numbers are the published generator's, for the same seed on every machine") {
  Random random{1234567};
  CHECK(random() == 3504822795582309479u);
  CHECK(random() == 1819558768956484042u);
  CHECK(random() == 1250851346055027673u);
}

TEST_CASE("numbers below a bound take every value about as often") {
  Random random{7};
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) ++counts.at(random.below(6));
  for (const int count : counts) CHECK((count > 9'600 && count < 10'400));
}

TEST_CASE("uniform numbers lie from 0 to below 1 and average a half") {
  Random random{7};
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = random.uniform();
    REQUIRE((value >= 0 && value < 1));
    sum += value;
  }
  CHECK(sum / 100'000 == Approx(0.5).margin(0.005));
}
