// Performance of a batch, from truths and without.
#include "monitor_performance.hpp"

#include <filesystem>
#include <string>

#include <fmt/core.h>
#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

KeptPredictions kept_of(const Json& scores, const Json* truths) {
  KeptPredictions kept;
  kept.has_predictions = true;
  kept.has_scores = true;
  for (std::size_t row = 0; row < scores.as_array().size(); ++row) {
    const double score = scores.as_array()[row].as_double();
    kept.ids.push_back(fmt::format("{}", row));
    kept.scores.push_back(fmt::format("{}", score));
    kept.predictions.emplace_back(score >= 0.5 ? "1" : "0");
    kept.truths.push_back(truths == nullptr ? "" : fmt::format("{}", truths->as_array()[row].as_integer()));
  }
  return kept;
}

std::string error_text_of(const KeptPredictions& holdout) {
  try {
    const PerformanceEstimator estimator{holdout, {}};
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

// Rows whose truth has the chance that the score tells, or another one.
KeptPredictions drawn(std::size_t rows, std::uint64_t seed, bool has_truth) {
  stats::Random random{seed};
  KeptPredictions kept;
  kept.has_predictions = true;
  kept.has_scores = true;
  for (std::size_t row = 0; row < rows; ++row) {
    const double score = random.uniform();
    kept.ids.push_back(fmt::format("{}", row));
    kept.scores.push_back(fmt::format("{}", score));
    kept.predictions.emplace_back(score >= 0.5 ? "yes" : "no");
    kept.truths.emplace_back(!has_truth ? "" : random.uniform() < score * score ? "yes" : "no");
  }
  return kept;
}

}  // namespace

TEST_CASE("performance is estimated by NannyML's formulas") {
  const Json oracle = parse_json(read_file(std::filesystem::path{MLOPS_ORACLES} / "estimates.json"), "estimates.json");
  for (const auto& [name, given] : oracle.at("cases").as_object()) {
    INFO(name);
    const PerformanceEstimator estimator{kept_of(given.at("scores"), &given.at("truth")), {}};
    const auto figures = estimator.figures(kept_of(given.at("batch"), nullptr));
    for (const auto& [metric, value] : given.at("estimates").as_object()) {
      INFO(metric);
      CHECK(figures.at("estimate." + metric) == Approx(value.as_double()).epsilon(1e-9));
    }
  }
}

TEST_CASE("the interval of an estimate holds what comes true, about as often as it says") {
  const PerformanceEstimator estimator{drawn(3000, 1, true), {}};
  CHECK(estimator.calibration().is_used());
  CHECK(estimator.positive() == "yes");
  int held = 0;
  constexpr int batches = 20;
  for (int i = 0; i < batches; ++i) {
    const KeptPredictions batch = drawn(400, 100 + static_cast<std::uint64_t>(i), true);
    KeptPredictions unlabelled = batch;
    for (std::string& truth : unlabelled.truths) truth.clear();
    const UnlabelledEstimate estimate = estimator.estimate(unlabelled, "accuracy");
    CHECK(estimate.interval.low < estimate.value);
    CHECK(estimate.value < estimate.interval.high);
    const double came = metric_figures(batch, {}).at("metrics.accuracy");
    held += came >= estimate.interval.low && came <= estimate.interval.high ? 1 : 0;
  }
  CHECK(held >= batches - 4);
}

TEST_CASE("an estimate that the holdout contradicts lies in its interval all the same") {
  // Truths that are spread evenly rather than drawn: scores rank them worse than their chances say.
  KeptPredictions holdout = drawn(1500, 1, true);
  for (std::size_t row = 0; row < holdout.rows(); ++row) {
    const double score = (static_cast<double>(row * 37 % 50) + 0.5) / 50;
    const double truth = (static_cast<double>((row * 61 + 7) % 100) + 0.5) / 100;
    holdout.scores[row] = fmt::format("{}", score);
    holdout.predictions[row] = score >= 0.5 ? "yes" : "no";
    holdout.truths[row] = truth < score ? "yes" : "no";
  }
  const PerformanceEstimator estimator{holdout, {}};
  const UnlabelledEstimate estimate = estimator.estimate(holdout, "auc");
  CHECK(estimate.interval.low < estimate.value);
  CHECK(estimate.interval.high >= estimate.value);
}

TEST_CASE("it is said why nothing can be estimated") {
  using Catch::Matchers::Contains;
  KeptPredictions holdout = drawn(200, 1, true);
  CHECK(error_text_of(holdout).empty());
  KeptPredictions bare = holdout;
  bare.has_scores = false;
  CHECK_THAT(error_text_of(bare), Contains("no scores"));
  KeptPredictions third = holdout;
  third.truths[0] = "maybe";
  CHECK_THAT(error_text_of(third), Contains("3 classes"));
  CHECK_THAT(error_text_of(drawn(20, 1, true)), Contains("20 rows"));
  KeptPredictions wild = holdout;
  wild.scores[5] = "1.5";
  CHECK_THAT(error_text_of(wild), Contains("`1.5` is no probability"));
  const PerformanceEstimator estimator{holdout, {}};
  KeptPredictions other = drawn(50, 2, false);
  other.predictions[0] = "maybe";
  CHECK_THROWS_WITH(estimator.figures(other), Contains("`maybe` is none of the holdout's two classes"));
  CHECK_THROWS_WITH(estimator.estimate(holdout, "mcc"), Contains("can't be estimated"));
}

TEST_CASE("metrics are those that the columns allow") {
  const auto of_classes = metric_figures(drawn(100, 3, true), {});
  CHECK(of_classes.contains("metrics.auc"));
  CHECK(of_classes.contains("metrics.f1"));
  CHECK_FALSE(of_classes.contains("metrics.rmse"));
  KeptPredictions numbers;
  numbers.has_predictions = true;
  for (int row = 0; row < 40; ++row) {
    numbers.ids.push_back(fmt::format("{}", row));
    numbers.truths.push_back(fmt::format("{}", row));
    numbers.predictions.push_back(fmt::format("{}", row + 0.5));
    numbers.scores.emplace_back();
  }
  const auto of_numbers = metric_figures(numbers, {});
  CHECK(of_numbers.at("metrics.rmse") == Approx(0.5));
  CHECK_FALSE(of_numbers.contains("metrics.accuracy"));
  for (std::string& truth : numbers.truths) truth.clear();
  CHECK(metric_figures(numbers, {}).empty());
}

TEST_CASE("outcomes are joined by id, and the later one counts") {
  KeptPredictions kept = drawn(3, 1, false);
  const KeptOutcomes first{.ids = {"1", "7"}, .truths = {"yes", "no"}};
  Joined joined = join_outcomes(kept, first);
  CHECK(joined.added == 1);
  CHECK(kept.truths == std::vector<std::string>{"", "yes", ""});
  const KeptOutcomes second{.ids = {"1", "2"}, .truths = {"no", "yes"}};
  joined = join_outcomes(kept, second);
  CHECK(joined.added == 1);
  CHECK(joined.changed == 1);
  CHECK(kept.known() == 2);
  joined = join_outcomes(kept, second);
  CHECK(joined.added + joined.changed == 0);
}
