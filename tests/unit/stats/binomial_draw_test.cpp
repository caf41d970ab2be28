#include "binomial_draw.hpp"

#include <cmath>
#include <map>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/stats/distributions.hpp>

using namespace mlops::stats;

namespace {

struct Draws {
  std::int64_t trials = 0;
  double p = 0;
};

constexpr int draws = 40'000;

// Pearson's test of the draws against the binomial distribution, over counts that are expected at least 8 times; the
// others are one class.
double p_value_of_draws(const Draws& example) {
  Random random{2026};
  std::map<std::int64_t, int> seen;
  for (int i = 0; i < draws; ++i) ++seen[draw_binomial(random, example.trials, example.p)];
  double statistic = 0;
  double rest_expected = draws;
  double rest_seen = draws;
  int classes = 1;
  const std::int64_t first = binomial_quantile(1e-6, example.trials, example.p);
  const std::int64_t last = binomial_quantile(1 - 1e-6, example.trials, example.p);
  for (std::int64_t k = first; k <= last; ++k) {
    const double expected = draws * binomial_pmf(k, example.trials, example.p);
    if (expected < 8) continue;
    const auto found = seen.contains(k) ? static_cast<double>(seen.at(k)) : 0.0;
    statistic += (found - expected) * (found - expected) / expected;
    rest_expected -= expected;
    rest_seen -= found;
    ++classes;
  }
  if (rest_expected > 1) statistic += (rest_seen - rest_expected) * (rest_seen - rest_expected) / rest_expected;
  return chi_square_sf(statistic, rest_expected > 1 ? classes - 1 : classes - 2);
}

}  // namespace

TEST_CASE("binomial draws have the binomial distribution, whichever way they are made") {
  for (const Draws& example : std::vector<Draws>{{20, 0.3},
                                                 {20, 0.7},
                                                 {40, 0.25},
                                                 {1000, 0.009},
                                                 {1000, 0.02},
                                                 {1000, 0.5},
                                                 {1000, 0.97},
                                                 {1'000'000, 5e-6},
                                                 {1'000'000, 1e-4}}) {
    INFO(example.trials << " trials of chance " << example.p);
    const double p_value = p_value_of_draws(example);
    CHECK(p_value > 1e-3);
    CHECK(p_value < 1 - 1e-6);
  }
}

TEST_CASE("a binomial draw from a billion rows has the right mean and spread") {
  Random random{4};
  const double mean = 3e8;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double distance = static_cast<double>(draw_binomial(random, 1'000'000'000, 0.3)) - mean;
    sum += distance;
    squares += distance * distance;
  }
  const double deviation = std::sqrt(1e9 * 0.3 * 0.7);
  CHECK(std::abs(sum / draws) < 4 * deviation / std::sqrt(static_cast<double>(draws)));
  CHECK(std::sqrt(squares / draws) == Approx(deviation).epsilon(0.015));
}

TEST_CASE("certain and impossible draws need no luck") {
  Random random{1};
  CHECK(draw_binomial(random, 5, 0) == 0);
  CHECK(draw_binomial(random, 5, 1) == 5);
  CHECK(draw_binomial(random, 0, 0.5) == 0);
}
