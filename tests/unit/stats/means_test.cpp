#include <mlops/stats/means.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

namespace {

void check_mean(const MeanTest& found, const Json& wanted, std::string_view value_name) {
  CHECK(found.estimate.value == Approx(wanted.at(value_name).as_double()).epsilon(1e-10));
  CHECK(found.t == Approx(wanted.at("t").as_double()).epsilon(1e-10));
  CHECK(found.p_value == Approx(wanted.at("p").as_double()).epsilon(1e-9));
  CHECK(found.estimate.interval.low == Approx(wanted.at("low").as_double()).epsilon(1e-9));
  CHECK(found.estimate.interval.high == Approx(wanted.at("high").as_double()).epsilon(1e-9));
}

}  // namespace

TEST_CASE("means and their differences are scipy's") {
  for (const Json& example : comparison_cases("means")) {
    const std::vector<double> first = doubles_of(example.at("first"));
    const std::vector<double> second = doubles_of(example.at("second"));
    std::vector<double> differences;
    for (std::size_t i = 0; i < first.size(); ++i) differences.push_back(second[i] - first[i]);
    check_mean(paired_mean(differences), example.at("paired"), "mean");
    const MeanTest independent = welch(first, second);
    check_mean(independent, example.at("welch"), "difference");
    CHECK(independent.degrees == Approx(example.at("welch").at("degrees").as_double()));
  }
}

TEST_CASE("a large mean takes no digits from the variance") {
  const MeanAndVariance moments = moments_of(std::vector<double>{1e9 + 1, 1e9 + 2, 1e9 + 3});
  CHECK(moments.mean == 1e9 + 2);
  CHECK(moments.variance == 1);
}

TEST_CASE("too few values leave the interval open") {
  for (const MeanTest& found : {paired_mean(std::vector<double>{3.0}), paired_mean(std::vector<double>{}),
                                welch(std::vector<double>{1.0}, std::vector<double>{1, 2})}) {
    CHECK(found.p_value == 1);
    CHECK(std::isinf(found.estimate.interval.low));
    CHECK(std::isinf(found.estimate.interval.high));
  }
}

TEST_CASE("equal differences leave no doubt") {
  CHECK(paired_mean(std::vector<double>{0, 0, 0}).p_value == 1);
  CHECK(paired_mean(std::vector<double>{2, 2, 2}).p_value == 0);
  CHECK(paired_mean(std::vector<double>{2, 2, 2}).estimate.interval == Interval{2, 2});
  CHECK(welch(std::vector<double>{1, 1}, std::vector<double>{1, 1}).p_value == 1);
}

TEST_CASE("a value that is no number is named by its row") {
  CHECK_THROWS_WITH(paired_mean(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}),
                    "values: row 2 is not a finite number: nan");
}

TEST_CASE("what was known before takes its noise out of the difference") {
  Random random{3};
  std::vector<double> before[2];
  std::vector<double> outcome[2];
  for (int arm = 0; arm < 2; ++arm) {
    for (int i = 0; i < 500; ++i) {
      before[arm].push_back(random.uniform());
      outcome[arm].push_back(2 * before[arm].back() + 0.2 * random.uniform() + 0.05 * arm);
    }
  }
  const Cuped found = cuped_difference({outcome[0], before[0]}, {outcome[1], before[1]});
  CHECK(found.theta == Approx(2).margin(0.03));
  // Of variances 4/12 and 0.04/12, the second is left.
  CHECK(found.variance_ratio == Approx(0.01).margin(0.002));
  CHECK(found.difference.estimate.interval.low < 0.05);
  CHECK(found.difference.estimate.interval.high > 0.05);
  CHECK(found.difference.standard_error < 0.15 * welch(outcome[0], outcome[1]).standard_error);
}

TEST_CASE("a constant covariate changes nothing") {
  const std::vector<double> first = {1, 2, 4};
  const std::vector<double> second = {2, 5, 3};
  const std::vector<double> same = {7, 7, 7};
  const Cuped found = cuped_difference({first, same}, {second, same});
  CHECK(found.theta == 0);
  CHECK(found.variance_ratio == 1);
  CHECK(found.difference.p_value == welch(first, second).p_value);
  CHECK_THROWS_AS(cuped_difference({first, {}}, {second, same}), mlops::Error);
}

TEST_CASE("rows without a covariate keep their outcome") {
  CovariedSums first;
  CovariedSums second;
  for (const double x : {1.0, 2.0, 3.0}) {
    first.add(2 * x, x);
    second.add(2 * x + 1, x);
  }
  const Cuped all = cuped_difference(first, second);
  CHECK(all.theta == Approx(2));
  CHECK(all.variance_ratio == Approx(0).margin(1e-12));
  CHECK(all.difference.estimate.value == Approx(1));
  second.add(9);
  // 5, 5 and 5 are left of 3, 5 and 7, and 9 as it is.
  const Cuped some = cuped_difference(first, second);
  CHECK(some.difference.estimate.value == Approx((3 * 5 + 9) / 4.0 - 4));
  CHECK(second.outcomes().mean == Approx((3 + 5 + 7 + 9) / 4.0));
  CHECK(second.outcomes().variance == Approx(20 / 3.0));
}
