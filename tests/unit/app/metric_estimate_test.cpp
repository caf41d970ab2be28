#include "metric_estimate.hpp"

#include <catch2/catch.hpp>

#include <mlops/domain/predictions.hpp>
#include <mlops/stats/fairness.hpp>
#include <mlops/stats/metric_catalogue.hpp>
#include <mlops/stats/random.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

// `right` of `rows` rows of class 1 are predicted so; every other row is a 0 that is told as one.
MetricRows recalled(std::size_t right, std::size_t rows) {
  MetricRows made;
  made.classes = 2;
  made.label = 1;
  for (std::size_t row = 0; row < rows; ++row) {
    made.truth.push_back(1);
    made.predicted.push_back(row < right ? 1 : 0);
    made.truth.push_back(0);
    made.predicted.push_back(0);
  }
  return made;
}

MetricRows compared(MetricRows rows) {
  rows.held_predicted = rows.predicted;
  rows.is_compared = true;
  return rows;
}

}  // namespace

// 81 of 263: Wilson's interval as Newcombe (1998) prints it.
TEST_CASE("a share has Wilson's interval") {
  const MetricEstimate found = estimate_metric("recall", recalled(81, 263), {});
  CHECK(found.value == Approx(81.0 / 263));
  CHECK(found.interval.low == Approx(0.2553).margin(5e-5));
  CHECK(found.interval.high == Approx(0.3662).margin(5e-5));
  CHECK(found.method == "Wilson");
}

TEST_CASE("all of a few rows right is no certainty, and neither is agreement on all of them") {
  CHECK(estimate_metric("accuracy", recalled(15, 15), {}).interval.low < 0.95);
  const MetricEstimate share = estimate_metric("accuracy", compared(recalled(10, 15)), {});
  CHECK(share.held == share.value);
  CHECK(share.interval.low < -0.05);
  CHECK(share.interval.high > 0.05);
  const MetricEstimate drawn = estimate_metric("f1", compared(recalled(10, 15)), {});
  CHECK(drawn.interval.low < -0.1);
  CHECK(drawn.method.starts_with("bootstrap of cells"));
}

TEST_CASE("the same seed gives the same interval") {
  const MetricRows rows = recalled(40, 60);
  CHECK(estimate_metric("f1", rows, {.seed = 7}).interval == estimate_metric("f1", rows, {.seed = 7}).interval);
}

TEST_CASE("weights count rows more than once") {
  MetricRows rows = recalled(1, 2);  // truths 1, 0, 1, 0: the second 1 is missed
  CHECK(estimate_metric("recall", rows, {}).value == 0.5);
  rows.weights = {3, 1, 1, 1};
  const MetricEstimate found = estimate_metric("recall", rows, {});
  CHECK(found.value == 0.75);
  CHECK(found.method.starts_with("bootstrap of rows"));
}

TEST_CASE("errors of numbers are compared row by row") {
  MetricRows rows;
  rows.is_compared = true;
  for (int row = 0; row < 100; ++row) {
    rows.true_number.push_back(row);
    rows.number.push_back(row + 1);
    rows.held_number.push_back(row + (row % 2 == 0 ? 2 : 4));
  }
  const MetricEstimate found = estimate_metric("mae", rows, {});
  CHECK(found.value == 1);
  CHECK(found.held == 3.0);
  // scipy.stats.t.interval(0.95, 99, loc=-2, scale=1.0050378152592121 / 10)
  CHECK(found.interval.low == Approx(-2.1994216).margin(1e-6));
  CHECK(found.interval.high == Approx(-1.8005784).margin(1e-6));
}

TEST_CASE("every metric that a gate may name is computed by somebody") {
  for (const domain::PredictionMetric& metric : domain::prediction_metrics()) {
    INFO(metric.name);
    if (metric.needs == domain::MetricNeeds::groups) {
      const stats::Fairness found =
          stats::fairness(std::vector<stats::GroupCounts>{{"a", 9, 9, 9, 9}, {"b", 9, 9, 9, 9}});
      CHECK(std::ranges::any_of(found.figures,
                                [&](const auto& figure) { return name_of(figure.metric) == metric.name; }));
    } else {
      const stats::MetricInfo* const info = stats::find_metric(metric.name);
      REQUIRE(info != nullptr);
      // What a gate takes for better has to be what is computed as better.
      const bool has_direction = info->better != stats::Direction::neither;
      CHECK((!has_direction || metric.higher_is_better == (info->better == stats::Direction::higher)));
    }
  }
}

TEST_CASE("many rows are told by their parts as well as a few thousand by the bootstrap") {
  stats::Random random{3};
  const auto rows_of = [&](std::size_t count) {
    MetricRows rows;
    for (std::size_t row = 0; row < count; ++row) {
      rows.true_number.push_back(random.uniform());
      rows.number.push_back(rows.true_number.back() + 0.2 * (random.uniform() - 0.5));
    }
    return rows;
  };
  const auto width = [](const MetricEstimate& found) { return found.interval.high - found.interval.low; };
  const MetricEstimate few = estimate_metric("r2", rows_of(5'000), {});
  const MetricEstimate many = estimate_metric("r2", rows_of(80'000), {});
  CHECK(few.method.starts_with("bootstrap of rows"));
  CHECK(many.method == "100 parts of 800 rows");
  CHECK(width(many) == Approx(width(few) / 4).epsilon(0.25));  // sqrt(80,000 / 5,000)
}

// Whatever the method of the interval is, its p has to agree with it: else a slice could be judged by two yardsticks.
TEST_CASE("the p of a bound is the level at which the interval ends there") {
  stats::Random random{11};
  MetricRows scored;
  scored.classes = 2;
  scored.label = 1;
  scored.is_compared = true;
  for (int row = 0; row < 120; ++row) {
    scored.truth.push_back(row % 3 == 0 ? 1 : 0);
    scored.number.push_back(random.uniform() + (row % 3 == 0 ? 0.3 : 0));
    scored.held_number.push_back(random.uniform() + (row % 3 == 0 ? 0.2 : 0));
  }
  MetricRows numbers = scored;
  numbers.true_number = scored.held_number;
  numbers.is_compared = false;
  MetricRows labels = recalled(40, 60);
  MetricRows both = compared(labels);
  for (std::size_t row = 0; row < 12; ++row) both.held_predicted[2 * row] = 0;

  const auto check = [](std::string_view metric, const MetricRows& rows, double margin) {
    INFO(metric);
    const stats::Interval interval = estimate_metric(metric, rows, {.confidence = 0.9}).interval;
    for (const double end : {interval.low, interval.high}) {
      CHECK(*estimate_metric(metric, rows, {.bound = end}).p_value == Approx(0.1).margin(margin));
    }
  };
  check("recall", both, 1e-9);
  check("auc", scored, 1e-9);
  scored.is_compared = false;
  check("auc", scored, 1e-9);
  check("mae", numbers, 1e-9);
  check("f1", labels, 0.005);
  check("f1", both, 0.005);
  check("f1", compared(labels), 1e-9);
}

TEST_CASE("scores that part the classes leave open as much as so many pairs do") {
  MetricRows rows;
  rows.classes = 2;
  rows.label = 1;
  for (int row = 0; row < 40; ++row) {
    rows.truth.push_back(row < 15 ? 1 : 0);
    rows.number.push_back(row < 15 ? 1 : 0);
  }
  const double low = estimate_metric("auc", rows, {}).interval.low;
  CHECK(*estimate_metric("auc", rows, {.bound = low}).p_value == Approx(0.05));
  CHECK(*estimate_metric("auc", rows, {.bound = 1}).p_value == 1);
}
