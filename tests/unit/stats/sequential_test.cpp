#include <mlops/stats/sequential.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>

using namespace mlops::stats;

// Worked by hand: √(2·10⁻⁴ · (5.991465 + 0.693147)), beside 0.0196 for a single look.
TEST_CASE("an interval that may be looked at again and again is wider") {
  const AlwaysValid found = always_valid(0.02, 1e-4, 1e-4);
  CHECK(found.interval.low == Approx(0.02 - 0.036564).margin(1e-6));
  CHECK(found.interval.high == Approx(0.02 + 0.036564).margin(1e-6));
  // √½ · exp(0.02² / (4·10⁻⁴))
  CHECK(found.likelihood_ratio == Approx(std::sqrt(0.5) * std::exp(1.0)));
  CHECK(found.p_value == Approx(1 / (std::sqrt(0.5) * std::exp(1.0))));
  CHECK(always_valid(0, 1e-4, 1e-4).p_value == 1);
}

TEST_CASE("the always valid interval leaves out 0 just when p falls to the level") {
  const AlwaysValid edge = always_valid(0.0365642, 1e-4, 1e-4);
  CHECK(edge.interval.low == Approx(0).margin(1e-6));
  CHECK(edge.p_value == Approx(0.05).epsilon(1e-4));
  CHECK(always_valid(10, 1e-4, 1e-4).p_value == 0);
  CHECK_THROWS_AS(always_valid(1, 0, 1), mlops::Error);
  CHECK_THROWS_AS(always_valid(std::numeric_limits<double>::quiet_NaN(), 1, 1), mlops::Error);
}

TEST_CASE("looking a hundred times seldom finds what is not there") {
  Random random{11};
  int alarms = 0;
  constexpr int experiments = 400;
  for (int experiment = 0; experiment < experiments; ++experiment) {
    double sum = 0;
    bool alarm = false;
    for (int row = 1; row <= 1000; ++row) {
      sum += random.uniform() - 0.5;
      if (row % 10 == 0) alarm = alarm || always_valid(sum / row, 1.0 / 12 / row, 1e-3).p_value <= 0.05;
    }
    alarms += alarm ? 1 : 0;
  }
  CHECK(alarms <= 0.05 * experiments);
}

TEST_CASE("Wald's test decides at the bounds that its errors allow") {
  const Sprt begun = sprt(0.01, 0.0049, 0.05);
  CHECK(begun.lower == Approx(std::log(0.20 / 0.95)));
  CHECK(begun.upper == Approx(std::log(0.80 / 0.05)));
  CHECK(begun.answer == SprtAnswer::undecided);
  // effect · (difference - effect / 2) / variance = 0.05 · 0.025 / 0.00049875
  CHECK(sprt(0.05, 0.475 * 0.525 * 2 / 1000, 0.05).log_ratio == Approx(2.506266).margin(1e-6));
  CHECK(sprt(0.05, 0.00005, 0.05).answer == SprtAnswer::effect);
  CHECK(sprt(0, 0.00005, 0.05).answer == SprtAnswer::no_effect);
  CHECK(sprt(-0.05, 0.00005, -0.05).answer == SprtAnswer::effect);
  CHECK(sprt(0.5, 0, 0.05).answer == SprtAnswer::undecided);
  CHECK_THROWS_AS(sprt(0, 1, 0), mlops::Error);
  CHECK_THROWS_AS(sprt(0, 1, 0.1, 0.6, 0.5), mlops::Error);
}

namespace {

// Differences of -1, 0 and 1: the challenger alone is right with chance `gained`, the champion with `lost`.
double difference_of(Random& random, double gained, double lost) {
  const double u = random.uniform();
  return u < gained ? 1.0 : (u < gained + lost ? -1.0 : 0.0);
}

}  // namespace

TEST_CASE("a bet against what is false grows") {
  Random random{5};
  BettingTest bet{-1, 1, 0};
  for (int row = 0; row < 2000; ++row) bet.add(difference_of(random, 0.12, 0.05));
  CHECK(bet.count() == 2000);
  CHECK(bet.p_value() < 1e-4);
  CHECK(bet.e_value() == Approx(std::exp(bet.log_e_value())));
}

TEST_CASE("a bet against what is true seldom wins, however long it lasts") {
  Random random{6};
  int wins = 0;
  constexpr int experiments = 400;
  for (int experiment = 0; experiment < experiments; ++experiment) {
    BettingTest bet{-1, 1, -0.02};  // the truth lies on the margin
    for (int row = 0; row < 1000; ++row) bet.add(difference_of(random, 0.05, 0.07));
    wins += bet.p_value() <= 0.05 ? 1 : 0;
  }
  CHECK(wins <= 0.05 * experiments);
}

TEST_CASE("a bet has bounds") {
  BettingTest bet{-1, 1, 0};
  CHECK(bet.p_value() == 1);
  CHECK_THROWS_WITH(bet.add(1.5), "1.5 lies outside the bounds -1 and 1");
  CHECK_THROWS_AS(bet.add(std::numeric_limits<double>::quiet_NaN()), mlops::Error);
  CHECK_THROWS_AS((BettingTest{-1, 1, 1}), mlops::Error);
}

TEST_CASE("with the rows that are needed the difference is what can be detected") {
  const double variance = 2e-4;  // of 1,000 rows
  const auto rows = always_valid_rows(variance, 1e-4, 1000, 0.01);
  REQUIRE(rows);
  const double then = variance * 1000 / static_cast<double>(*rows);
  CHECK(always_valid_detectable(then, 1e-4) == Approx(0.01).epsilon(1e-3));
  CHECK(always_valid_detectable(then, 1e-4) <= 0.01);
  CHECK(*always_valid_rows(variance, 1e-4, 1000, 0.1) < 1000);
  CHECK_FALSE(always_valid_rows(variance, 1e-4, 1000, 0));
  // Where the effects that are mixed are far larger than the spread of this look.
  CHECK(*always_valid_rows(3.6e-7, 9e-4, 1'000'000, 0.0022) > 1'000'000);
}
