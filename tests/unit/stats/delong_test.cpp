#include <mlops/stats/delong.hpp>

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "comparison_oracle.hpp"

using namespace mlops::stats;
using mlops::Json;

namespace {

std::vector<std::uint8_t> labels_of(const Json& labels) {
  std::vector<std::uint8_t> result;
  for (const Json& label : labels.as_array()) result.push_back(label.as_integer() != 0);
  return result;
}

AucComparison comparison_of(const Json& example) {
  return compare_aucs(doubles_of(example.at("first")), doubles_of(example.at("second")),
                      labels_of(example.at("labels")));
}

}  // namespace

TEST_CASE("two areas under the curve have the covariance of all pairs compared") {
  for (const Json& example : comparison_cases("delong")) {
    const AucComparison found = comparison_of(example);
    CHECK(found.first.estimate.value == Approx(example.at("areas").as_array().at(0).as_double()).epsilon(1e-12));
    CHECK(found.second.estimate.value == Approx(example.at("areas").as_array().at(1).as_double()).epsilon(1e-12));
    CHECK(found.first.variance == Approx(example.at("variances").as_array().at(0).as_double()).epsilon(1e-10));
    CHECK(found.second.variance == Approx(example.at("variances").as_array().at(1).as_double()).epsilon(1e-10));
    CHECK(found.covariance == Approx(example.at("covariance").as_double()).epsilon(1e-10));
    CHECK(found.z == Approx(example.at("z").as_double()).epsilon(1e-10));
    CHECK(found.p_value == Approx(example.at("p").as_double()).epsilon(1e-10));
    CHECK(found.difference.interval.low == Approx(example.at("interval").as_array().at(0).as_double()).epsilon(1e-10));
    CHECK(found.difference.interval.high == Approx(example.at("interval").as_array().at(1).as_double()).epsilon(1e-10));
  }
}

// From the documentation of pROC's roc.test.
TEST_CASE("DeLong's test gives the published figures of the subarachnoid haemorrhage study") {
  const AucComparison found = comparison_of(comparison_cases("delong").at(0));
  CHECK(found.first.positives == 41);
  CHECK(found.first.negatives == 72);
  CHECK(found.first.estimate.value == Approx(0.8236789).margin(5e-8));
  CHECK(found.second.estimate.value == Approx(0.7313686).margin(5e-8));
  CHECK(-found.z == Approx(2.209).margin(5e-4));
  CHECK(found.p_value == Approx(0.02718).margin(5e-6));
  CHECK(-found.difference.interval.high == Approx(0.010406).margin(5e-7));
}

TEST_CASE("scores that rank alike differ by nothing") {
  const std::vector<double> scores = {0.1, 0.4, 0.35, 0.8};
  const std::vector<double> logits = {-2.2, -0.4, -0.6, 1.4};
  const std::vector<std::uint8_t> labels = {0, 0, 1, 1};
  const AucComparison found = compare_aucs(scores, logits, labels);
  CHECK(found.difference.value == 0);
  CHECK(found.standard_error == 0);
  CHECK(found.difference.interval == Interval{0, 0});
  CHECK(found.p_value == 1);
}

TEST_CASE("classes that don't overlap leave an interval that their few rows can bear") {
  const std::vector<double> scores = {1, 2, 3, 4, 5, 6, 7};
  const Auc found = auc_with_variance(scores, std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1, 1});
  CHECK(found.estimate.value == 1);
  // The exact interval of 3 successes in 3 trials.
  CHECK(found.estimate.interval.low == Approx(0.2924018).margin(1e-7));
  CHECK(found.estimate.interval.high == 1);
  const Auc reversed = auc_with_variance(scores, std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0, 0});
  CHECK(reversed.estimate.interval.high == Approx(1 - 0.2924018).margin(1e-7));
}

TEST_CASE("a single positive row says nothing of the spread") {
  const Auc found = auc_with_variance(std::vector<double>{1, 2, 3}, std::vector<std::uint8_t>{0, 1, 0});
  CHECK(found.estimate.value == 0.5);
  CHECK(found.estimate.interval == Interval{0, 1});
  CHECK(std::isinf(found.variance));
  const AucComparison both =
      compare_aucs(std::vector<double>{1, 2, 3}, std::vector<double>{1, 3, 2}, std::vector<std::uint8_t>{0, 1, 0});
  CHECK(both.p_value == 1);
  CHECK(std::isinf(both.difference.interval.high));
}

TEST_CASE("an area needs both classes and finite scores") {
  const std::vector<double> scores = {0.1, 0.2};
  CHECK_THROWS_WITH(auc_with_variance(scores, std::vector<std::uint8_t>{1, 1}),
                    "the area under the ROC curve needs rows of both classes");
  CHECK_THROWS_WITH(auc_with_variance({}, {}), "the area under the ROC curve needs rows of both classes");
  CHECK_THROWS_WITH(auc_with_variance(scores, std::vector<std::uint8_t>{1}),
                    "scores and labels must have one value a row each: 2 and 1 rows");
  CHECK_THROWS_WITH(auc_with_variance(std::vector<double>{0.1, std::numeric_limits<double>::quiet_NaN()},
                                      std::vector<std::uint8_t>{1, 0}),
                    "scores: row 2 is not a finite number: nan");
}
