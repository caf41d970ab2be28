#include "monitor_performance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include <mlops/stats/quantiles.hpp>
#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "metric_figure.hpp"
#include "metric_rows.hpp"
#include "prediction_rows.hpp"

namespace mlops::app {

namespace {

using domain::MetricNeeds;

constexpr std::size_t fewest_holdout_rows = 30;
constexpr std::size_t holdout_draws = 200;
constexpr std::size_t most_drawn_holdout_rows = 2000;
constexpr double middle_share = 0.95;
constexpr auto estimated_metrics =
    std::to_array<std::string_view>({"accuracy", "balanced_accuracy", "precision", "recall", "f1", "specificity", "auc",
                                     "average_precision", "log_loss", "brier"});

[[noreturn]] void cannot_estimate(std::string why) { throw Error{ErrorKind::usage, std::move(why)}; }

std::vector<std::string> truths_of(const KeptPredictions& kept) {
  std::set<std::string> labels;
  for (const std::string& truth : kept.truths) {
    if (!truth.empty()) labels.insert(label_text(truth));
  }
  const std::vector<std::string> distinct{labels.begin(), labels.end()};
  return classes_of({&distinct});
}

// Whether predictions and truths are numbers rather than classes.
bool predicts_numbers(const KeptPredictions& kept) {
  constexpr std::size_t most_classes_of_numbers = 20;
  if (kept.has_scores || !kept.has_predictions) return false;
  std::set<double> distinct;
  bool is_whole = true;
  for (std::size_t row = 0; row < kept.rows(); ++row) {
    if (kept.truths[row].empty()) continue;
    for (const std::string& text : {kept.truths[row], kept.predictions[row]}) {
      const auto number = parse_double(trim(text));
      if (!number) return false;
      is_whole = is_whole && std::abs(*number - std::round(*number)) <= 0;
      if (distinct.size() <= most_classes_of_numbers) distinct.insert(*number);
    }
  }
  return !is_whole || distinct.size() > most_classes_of_numbers;
}

bool is_asked_of(const domain::PredictionMetric& metric, const KeptPredictions& kept, bool are_numbers) {
  if (metric.needs == MetricNeeds::numbers) return are_numbers;
  if (metric.needs == MetricNeeds::scores) return kept.has_scores;
  return metric.needs == MetricNeeds::labels && kept.has_predictions && !are_numbers;
}

// The bytes that the columns of the metric rows refer to live in `predictions`.
template <typename Use>
auto with_columns(const KeptPredictions& kept, const domain::PredictionRecipe& recipe, const Use& use) {
  domain::PredictionRecipe ours = recipe_for_kept(recipe);
  ours.positive = positive_class(kept, recipe);
  Predictions predictions;
  predictions.name = "the batch";
  predictions.made = as_table(kept, true);
  const PredictionColumns columns{predictions, ours};
  return use(columns);
}

}  // namespace

std::optional<std::string> positive_class(const KeptPredictions& kept, const domain::PredictionRecipe& recipe) {
  if (recipe.positive) return recipe.positive;
  std::set<std::string> labels;
  for (const std::string& text : truths_of(kept)) labels.insert(text);
  for (const std::string& text : kept.predictions) {
    if (labels.size() > 2) return std::nullopt;
    if (!text.empty()) labels.insert(label_text(text));
  }
  if (labels.size() != 2) return std::nullopt;
  const std::vector<std::string> distinct{labels.begin(), labels.end()};
  return classes_of({&distinct}).back();
}

domain::BatchFigures metric_figures(const KeptPredictions& kept, const domain::PredictionRecipe& recipe) {
  domain::BatchFigures figures;
  if (kept.known() == 0) return figures;
  const bool are_numbers = predicts_numbers(kept);
  with_columns(kept, recipe, [&](const PredictionColumns& columns) {
    for (const domain::PredictionMetric& metric : domain::prediction_metrics()) {
      if (!is_asked_of(metric, kept, are_numbers)) continue;
      domain::PredictionCondition condition;
      condition.metric = metric.name;
      try {
        const double value = figure_of(metric.name, read_metric_rows(condition, columns, nullptr), Whose::own);
        if (std::isfinite(value)) figures[fmt::format("metrics.{}", metric.name)] = value;
      } catch (const Error& error) {
        // Such as the recall of a class that has not occurred yet.
        if (error.kind() != ErrorKind::usage) throw;
      }
    }
    return 0;
  });
  return figures;
}

MetricEstimate estimate_of_kept(const KeptPredictions& kept, const domain::PredictionCondition& condition,
                                const domain::PredictionRecipe& recipe) {
  return with_columns(kept, recipe, [&](const PredictionColumns& columns) {
    const MetricRows rows = read_metric_rows(condition, columns, nullptr);
    const EstimateOptions options{
        .confidence = recipe.confidence, .seed = static_cast<std::uint64_t>(recipe.seed), .bound = std::nullopt};
    return estimate_metric(condition.metric, rows, options);
  });
}

PerformanceEstimator::PerformanceEstimator(const KeptPredictions& holdout, const domain::PredictionRecipe& recipe) {
  if (!holdout.has_scores) cannot_estimate("the holdout's predictions have no scores");
  const std::vector<std::string> classes = truths_of(holdout);
  if (classes.size() != 2) cannot_estimate(fmt::format("the holdout has {} classes, and not two", classes.size()));
  positive_ = recipe.positive ? label_text(*recipe.positive) : classes.back();
  if (positive_ != classes[0] && positive_ != classes[1]) {
    cannot_estimate(fmt::format("the holdout has no class `{}`", printable(positive_)));
  }
  negative_ = positive_ == classes[0] ? classes[1] : classes[0];
  const std::vector<double> scores = scores_of(holdout);
  const std::vector<std::uint32_t> predicted = predicted_of(holdout);
  std::vector<std::uint8_t> is_positive;
  for (std::size_t row = 0; row < holdout.rows(); ++row) {
    if (holdout.truths[row].empty()) continue;
    is_positive.push_back(label_text(holdout.truths[row]) == positive_ ? 1 : 0);
    truth_.push_back(is_positive.back());
    scores_.push_back(scores[row]);
    if (!predicted.empty()) predicted_.push_back(predicted[row]);
  }
  if (truth_.size() < fewest_holdout_rows) {
    cannot_estimate(fmt::format("the holdout has {} rows, and {} are needed", truth_.size(), fewest_holdout_rows));
  }
  calibration_.emplace(scores_, is_positive);
}

bool PerformanceEstimator::can_estimate(std::string_view metric) {
  return std::ranges::find(estimated_metrics, metric) != estimated_metrics.end();
}

std::vector<double> PerformanceEstimator::scores_of(const KeptPredictions& batch) const {
  std::vector<double> scores;
  scores.reserve(batch.rows());
  for (const std::string& text : batch.scores) {
    const auto score = parse_double(trim(text));
    const bool is_probability = score && *score >= 0 && *score <= 1;
    if (!is_probability) {
      cannot_estimate(fmt::format("the score `{}` is no probability", printable(text)));
    }
    scores.push_back(*score);
  }
  return scores;
}

std::vector<std::uint32_t> PerformanceEstimator::predicted_of(const KeptPredictions& batch) const {
  std::vector<std::uint32_t> predicted;
  if (!batch.has_predictions) return predicted;
  for (const std::string& text : batch.predictions) {
    const std::string label = label_text(text);
    if (label != positive_ && label != negative_) {
      cannot_estimate(fmt::format("the prediction `{}` is none of the holdout's two classes", printable(label)));
    }
    predicted.push_back(label == positive_ ? 1 : 0);
  }
  return predicted;
}

// Each row twice: as positive with the weight of its probability, as negative with that of the rest.
MetricRows PerformanceEstimator::rows_of(const KeptPredictions& batch) const {
  if (!batch.has_scores) cannot_estimate("the batch's predictions have no scores");
  MetricRows rows;
  rows.classes = 2;
  rows.label = 1;
  rows.number = scores_of(batch);
  rows.predicted = predicted_of(batch);
  const std::size_t count = rows.number.size();
  for (std::size_t row = 0; row < count; ++row) {
    rows.truth.push_back(1);
    rows.weights.push_back(calibration_->at(rows.number[row]));
  }
  for (std::size_t row = 0; row < count; ++row) {
    rows.truth.push_back(0);
    rows.weights.push_back(1 - rows.weights[row]);
    rows.number.push_back(rows.number[row]);
    if (batch.has_predictions) rows.predicted.push_back(rows.predicted[row]);
  }
  return rows;
}

domain::BatchFigures PerformanceEstimator::figures(const KeptPredictions& batch) const {
  const MetricRows rows = rows_of(batch);
  domain::BatchFigures figures;
  for (const std::string_view metric : estimated_metrics) {
    if (is_of_labels(metric) && !batch.has_predictions) continue;
    const double value = figure_of(metric, rows, Whose::own);
    if (std::isfinite(value)) figures[fmt::format("estimate.{}", metric)] = value;
  }
  return figures;
}

// How far estimates are off is seen on the holdout: in draws of as many rows, what came true less what was estimated
// from calibrations that did not know these rows.
UnlabelledEstimate PerformanceEstimator::estimate(const KeptPredictions& batch, std::string_view metric) const {
  if (!can_estimate(metric)) cannot_estimate(fmt::format("`{}` can't be estimated without outcomes", metric));
  if (is_of_labels(metric) && (!batch.has_predictions || predicted_.empty())) {
    cannot_estimate("there are no predicted classes");
  }
  UnlabelledEstimate result;
  result.value = figure_of(metric, rows_of(batch), Whose::own);
  const std::size_t count = std::min(batch.rows(), most_drawn_holdout_rows);
  const std::vector<double>& probabilities = calibration_->held_out();
  stats::Random random{0};
  std::vector<double> errors;
  for (std::size_t draw = 0; draw < holdout_draws; ++draw) {
    MetricRows came;
    MetricRows expected;
    came.classes = expected.classes = 2;
    came.label = expected.label = 1;
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = static_cast<std::size_t>(random.below(truth_.size()));
      came.truth.push_back(truth_[row]);
      came.number.push_back(scores_[row]);
      if (!predicted_.empty()) came.predicted.push_back(predicted_[row]);
      for (const std::uint32_t truth : {1U, 0U}) {
        expected.truth.push_back(truth);
        expected.weights.push_back(truth == 1 ? probabilities[row] : 1 - probabilities[row]);
        expected.number.push_back(scores_[row]);
        if (!predicted_.empty()) expected.predicted.push_back(predicted_[row]);
      }
    }
    const double error = figure_of(metric, came, Whose::own) - figure_of(metric, expected, Whose::own);
    if (std::isfinite(error)) errors.push_back(error);
  }
  if (errors.size() < holdout_draws / 2)
    cannot_estimate(fmt::format("too few rows to tell how far `{}` may be off", metric));
  const double mean = [&] {
    double sum = 0;
    for (const double error : errors) sum += error;
    return sum / static_cast<double>(errors.size());
  }();
  // Fewer rows were drawn than there are: the spread is that much smaller.
  const double shrink = std::sqrt(static_cast<double>(count) / static_cast<double>(batch.rows()));
  const auto ends = stats::quantiles(errors, std::array<double, 2>{(1 - middle_share) / 2, (1 + middle_share) / 2});
  // An estimate that was off to one side all over the holdout stays possible: the interval holds it, too.
  result.interval = {result.value + std::min(mean + (ends[0] - mean) * shrink, 0.0),
                     result.value + std::max(mean + (ends[1] - mean) * shrink, 0.0)};
  return result;
}

DriftOutcome prediction_drift(const KeptPredictions& reference, const KeptPredictions& batch) {
  const std::string column = reference.has_scores && batch.has_scores ? "score" : "prediction";
  if (column == "prediction" && (!reference.has_predictions || !batch.has_predictions)) {
    throw Error{ErrorKind::usage, "one side has scores only, the other predictions only"};
  }
  return compare_tables(as_table(reference, false), as_table(batch, false), {column}, {});
}

}  // namespace mlops::app
