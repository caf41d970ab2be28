#include <mlops/stats/proportion.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Error;
using mlops::Json;

namespace {

void check_ends(const Interval& found, const Json& wanted) {
  CHECK(found.low == Approx(wanted.as_array().at(0).as_double()).epsilon(1e-9).margin(1e-15));
  CHECK(found.high == Approx(wanted.as_array().at(1).as_double()).epsilon(1e-9).margin(1e-15));
}

Proportion proportion_of(const Json& pair) {
  return {.successes = pair.as_array().at(0).as_integer(), .trials = pair.as_array().at(1).as_integer()};
}

}  // namespace

TEST_CASE("intervals of a proportion are statsmodels'") {
  for (const Json& example : comparison_cases("proportions")) {
    INFO(to_line(example));
    const Proportion proportion{example.at("successes").as_integer(), example.at("trials").as_integer()};
    const double confidence = example.at("confidence").as_double();
    check_ends(wilson_interval(proportion, confidence), example.at("wilson"));
    check_ends(clopper_pearson_interval(proportion, confidence), example.at("clopper_pearson"));
  }
}

TEST_CASE("the difference of two proportions has Newcombe's interval and the pooled z test") {
  for (const Json& example : comparison_cases("differences")) {
    INFO(to_line(example));
    const ProportionDifference found =
        compare_proportions(proportion_of(example.at("first")), proportion_of(example.at("second")));
    check_ends(found.difference.interval, example.at("newcombe"));
    CHECK(found.z == Approx(example.at("z").as_double()).margin(1e-12));
    CHECK(found.p_value == Approx(example.at("p").as_double()));
  }
}

TEST_CASE("Fisher's exact test agrees with scipy, also for a million rows") {
  for (const Json& example : comparison_cases("fisher")) {
    INFO(to_line(example));
    const std::vector<double> table = doubles_of(example.at("table"));
    const FisherExact found = fisher_exact(std::llround(table.at(0)), std::llround(table.at(1)),
                                           std::llround(table.at(2)), std::llround(table.at(3)));
    CHECK(found.p_value == Approx(example.at("two_sided").as_double()).epsilon(1e-9));
    CHECK(found.p_less == Approx(example.at("less").as_double()).epsilon(1e-9));
    CHECK(found.p_greater == Approx(example.at("greater").as_double()).epsilon(1e-9));
  }
}

TEST_CASE("nothing is known without trials") {
  const Proportion none{0, 0};
  CHECK(wilson_interval(none) == Interval{0, 1});
  CHECK(clopper_pearson_interval(none) == Interval{0, 1});
  const ProportionDifference difference = compare_proportions(none, {3, 4});
  CHECK(std::isnan(difference.difference.value));
  CHECK(difference.difference.interval == Interval{-1, 1});
  CHECK(difference.p_value == 1);
  CHECK(fisher_exact(0, 0, 0, 0).p_value == 1);
  CHECK(std::isnan(fisher_exact(0, 0, 3, 4).odds_ratio));
  CHECK(fisher_exact(3, 0, 0, 4).odds_ratio == std::numeric_limits<double>::infinity());
}

TEST_CASE("impossible counts are refused in words") {
  CHECK_THROWS_WITH(wilson_interval({5, 4}), "5 successes in 4 trials are too many");
  CHECK_THROWS_WITH(wilson_interval({-1, 4}),
                    "the number of successes must be a count from 0 to 1000000000000000, and is -1");
  CHECK_THROWS_WITH(wilson_interval({1, 4}, 1), "the confidence must lie between 0 and 1, not at 1");
  CHECK_THROWS_AS(wilson_interval({1, 4}, std::numeric_limits<double>::quiet_NaN()), Error);
  CHECK_THROWS_AS(fisher_exact(1, 2, -3, 4), Error);
}

// scipy.stats.binom.cdf(56, 80, 0.8), and what needs no table.
TEST_CASE("the p of a share is twice the smaller tail of the binomial distribution") {
  CHECK(share_p({56, 80}, 0.8) == Approx(2 * 0.021669).epsilon(1e-3));
  CHECK(share_p({0, 3}, 0.5) == Approx(0.25));
  CHECK(share_p({3, 3}, 0.5) == Approx(0.25));
  CHECK(share_p({5, 10}, 0.5) == 1);
  CHECK(share_p({10, 10}, 1) == 1);
  CHECK(share_p({9, 10}, 1) == 0);
  CHECK(share_p({3, 10}, 1.2) == 0);
  CHECK(share_p({0, 0}, 0.5) == 1);
}
