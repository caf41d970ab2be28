#include <mlops/stats/power.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

// Worked from the formulas by hand: z is 1.959964 and 0.841621.
TEST_CASE("sizes for proportions") {
  CHECK(paired_proportions_size(0.06, 0.04) == 1960);
  CHECK(paired_proportions_size(0.04, 0.06) == 1960);
  CHECK(independent_proportions_size(0.90, 0.92) == 3213);
}

TEST_CASE("sizes for means are statsmodels'") {
  for (const Json& example : comparison_cases("sizes")) {
    const double effect = example.at("effect").as_double();
    const Level level{
        .alpha = example.at("alpha").as_double(), .power = example.at("power").as_double(), .sides = Sides::one};
    CHECK(mean_size(effect, 1, level) == example.at("one_sample").as_integer());
    CHECK(mean_size(-3 * effect, 3, level) == example.at("one_sample").as_integer());
    CHECK(two_means_size(effect, 1, 1, level) == example.at("each_arm").as_integer());
  }
}

TEST_CASE("no number of rows finds no difference") {
  CHECK_FALSE(paired_proportions_size(0.05, 0.05));
  CHECK_FALSE(paired_proportions_size(0, 0));
  CHECK_FALSE(independent_proportions_size(0.9, 0.9));
  CHECK_FALSE(mean_size(0, 1));
  CHECK_FALSE(mean_size(1e-12, 1));
  CHECK(independent_proportions_size(0, 1) == 2);
}

TEST_CASE("a plan that makes no sense is refused") {
  CHECK_THROWS_WITH(paired_proportions_size(0.7, 0.6), "the rates 0.7 and 0.6 together exceed 1");
  CHECK_THROWS_AS(independent_proportions_size(-0.1, 0.5), mlops::Error);
  CHECK_THROWS_AS(mean_size(0.1, 0), mlops::Error);
  CHECK_THROWS_WITH(mean_size(0.1, 1, {.alpha = 0, .power = 0.8}), "the level must lie between 0 and 1, not at 0");
}
