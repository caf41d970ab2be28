// How good a batch's predictions are: from the truths that are known, or estimated without.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/dataset_drift.hpp>
#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/predictions.hpp>
#include <mlops/stats/interval.hpp>
#include <mlops/stats/score_calibration.hpp>

#include "kept_predictions.hpp"
#include "metric_estimate.hpp"

namespace mlops::app {

// The class that scores are about: the team's, or the later of two. nullopt with more or fewer classes.
std::optional<std::string> positive_class(const KeptPredictions& kept, const domain::PredictionRecipe& recipe);

// "metrics.NAME" of every metric that the rows with a truth allow; none without such rows.
domain::BatchFigures metric_figures(const KeptPredictions& kept, const domain::PredictionRecipe& recipe);

// With its interval. Error{usage} with the reason when it can't be computed.
MetricEstimate estimate_of_kept(const KeptPredictions& kept, const domain::PredictionCondition& condition,
                                const domain::PredictionRecipe& recipe);

struct UnlabelledEstimate {
  double value = 0;
  stats::Interval interval;  // 95 of 100 draws of so many rows of the holdout come out within it
};

// Confidence-based performance estimation of a classifier of two classes: with calibrated scores each row counts as
// positive to its probability, and as negative to the rest. It presumes that what the inputs mean has not changed.
class PerformanceEstimator {
 public:
  // Error{usage} with the reason when it can't: without scores, with other than two classes, with too few rows.
  PerformanceEstimator(const KeptPredictions& holdout, const domain::PredictionRecipe& recipe);

  [[nodiscard]] static bool can_estimate(std::string_view metric);
  // "estimate.NAME" of every metric that the batch's columns allow. Error{usage} with the reason when it can't.
  [[nodiscard]] domain::BatchFigures figures(const KeptPredictions& batch) const;
  [[nodiscard]] UnlabelledEstimate estimate(const KeptPredictions& batch, std::string_view metric) const;
  [[nodiscard]] const stats::ScoreCalibration& calibration() const { return *calibration_; }
  [[nodiscard]] const std::string& positive() const { return positive_; }
  [[nodiscard]] std::size_t rows() const { return truth_.size(); }

 private:
  [[nodiscard]] MetricRows rows_of(const KeptPredictions& batch) const;
  [[nodiscard]] std::vector<double> scores_of(const KeptPredictions& batch) const;
  [[nodiscard]] std::vector<std::uint32_t> predicted_of(const KeptPredictions& batch) const;

  std::string positive_, negative_;
  std::vector<double> scores_;
  std::vector<std::uint32_t> truth_, predicted_;
  std::optional<stats::ScoreCalibration> calibration_;
};

// Of the score where both have one, or else of the prediction.
DriftOutcome prediction_drift(const KeptPredictions& reference, const KeptPredictions& batch);

}  // namespace mlops::app
