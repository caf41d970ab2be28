#include <mlops/stats/paired_proportions.hpp>

#include <cmath>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

TEST_CASE("the interval of a paired difference holds what the likelihood under it does not reject") {
  for (const Json& example : comparison_cases("paired_differences")) {
    INFO(to_line(example));
    const Estimate found =
        paired_difference({example.at("only_first").as_integer(), example.at("only_second").as_integer()},
                          example.at("rows").as_integer());
    CHECK(found.interval.low == Approx(example.at("low").as_double()).margin(2e-7));
    CHECK(found.interval.high == Approx(example.at("high").as_double()).margin(2e-7));
  }
}

// Fagerland, Lydersen, Laake, "Recommended tests and confidence intervals for paired binomial proportions" (2014):
// airway hyper-responsiveness of 21 children before and after a transplantation.
TEST_CASE("the interval of a paired difference has the published ends") {
  const Estimate found = paired_difference({.only_first = 7, .only_second = 1}, 21);
  CHECK(found.value == Approx(-0.286).margin(5e-4));
  CHECK(found.interval.low == Approx(-0.517).margin(5e-4));
  CHECK(found.interval.high == Approx(-0.026).margin(5e-4));
}

TEST_CASE("two models that agree on every row may still differ") {
  // z² / (n + z²) on either side.
  const Estimate found = paired_difference({0, 0}, 100);
  CHECK(found.value == 0);
  CHECK(found.interval.low == Approx(-3.841459 / 103.841459).epsilon(1e-6));
  CHECK(found.interval.high == Approx(3.841459 / 103.841459).epsilon(1e-6));
}

TEST_CASE("a paired difference without rows is unknown, and impossible counts are refused") {
  CHECK(paired_difference({0, 0}, 0).interval == Interval{-1, 1});
  CHECK(std::isnan(paired_difference({0, 0}, 0).value));
  CHECK(paired_difference({0, 5}, 5).interval.high == 1);
  CHECK_THROWS_WITH(paired_difference({3, 4}, 6), "3 and 4 discordant rows of 6 are too many");
  CHECK_THROWS_AS(paired_difference({-3, 4}, 6), mlops::Error);
}
