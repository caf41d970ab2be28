#include "metric_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <mlops/domain/predictions.hpp>
#include <mlops/stats/calibration.hpp>
#include <mlops/stats/probabilities.hpp>
#include <mlops/stats/quantiles.hpp>
#include <mlops/stats/regression.hpp>
#include <mlops/stats/roc.hpp>

namespace mlops::app {

namespace {

// Probabilities nearer to 0 or 1 count as this near, as in scikit-learn.
constexpr double least_probability = std::numeric_limits<double>::epsilon();

const std::vector<double>& numbers_of(const MetricRows& rows, Whose whose) {
  return whose == Whose::own ? rows.number : rows.held_number;
}

bool is_positive(const MetricRows& rows, std::size_t row) { return rows.truth[row] == rows.label.value_or(1); }

double latency_figure(std::string_view metric, std::span<const double> latencies) {
  constexpr std::array<std::pair<std::string_view, double>, 3> percentiles{
      {{"latency_p50", 0.5}, {"latency_p95", 0.95}, {"latency_p99", 0.99}}};
  const auto* const found = std::ranges::find(percentiles, metric, &std::pair<std::string_view, double>::first);
  if (found == percentiles.end()) return stats::latency_summary(latencies).mean;
  return stats::quantiles(latencies, std::array{found->second}).front();
}

double score_figure(std::string_view metric, const MetricRows& rows, Whose whose) {
  const stats::BinaryScores scores{rows.truth, numbers_of(rows, whose), rows.label.value_or(1), rows.weights};
  if (metric == "auc") return stats::roc_auc(scores).value;
  if (metric == "average_precision") return stats::average_precision(scores).value;
  if (metric == "log_loss") return stats::log_loss(scores).value;
  if (metric == "brier") return stats::brier(scores).value;
  return stats::calibration_error(stats::reliability_bins(scores, stats::Binning::equal_count)).value;
}

double number_figure(std::string_view metric, const MetricRows& rows, Whose whose) {
  const stats::NumberPairs pairs{rows.true_number, numbers_of(rows, whose), rows.weights};
  if (metric == "mae") return stats::mean_absolute_error(pairs).value;
  if (metric == "mse") return stats::mean_squared_error(pairs).value;
  if (metric == "rmse") return stats::root_mean_squared_error(pairs).value;
  if (metric == "mape") return stats::mean_absolute_percentage_error(pairs).value;
  return stats::r_squared(pairs).value;
}

double row_figure(std::string_view metric, const MetricRows& rows, Whose whose, std::size_t row) {
  const double number = numbers_of(rows, whose)[row];
  if (metric == "latency_mean") return number;
  if (metric == "brier") return std::pow(number - (is_positive(rows, row) ? 1 : 0), 2);
  if (metric == "log_loss") {
    const double kept = std::clamp(number, least_probability, 1 - least_probability);
    return -std::log(is_positive(rows, row) ? kept : 1 - kept);
  }
  const double truth = rows.true_number[row];
  const double error = std::abs(truth - number);
  if (metric == "mse") return error * error;
  if (metric == "mape") return error / std::max(std::abs(truth), least_probability);
  return error;
}

}  // namespace

bool is_of_labels(std::string_view metric) {
  const auto* const known = domain::find_prediction_metric(metric);
  return known != nullptr && known->needs == domain::MetricNeeds::labels;
}

double label_figure(std::string_view metric, const stats::ConfusionMatrix& matrix, std::optional<std::uint32_t> label) {
  using stats::Average;
  if (metric == "accuracy") return stats::accuracy(matrix).value;
  if (metric == "balanced_accuracy") return stats::balanced_accuracy(matrix).value;
  if (metric == "mcc") return stats::matthews_correlation(matrix).value;
  if (metric == "kappa") return stats::cohen_kappa(matrix).value;
  if (metric == "positive_rate") return stats::positive_rate(matrix, label.value_or(1)).value;
  if (metric == "precision") {
    return (label ? stats::precision(matrix, *label) : stats::precision(matrix, Average::macro)).value;
  }
  if (metric == "recall") return (label ? stats::recall(matrix, *label) : stats::recall(matrix, Average::macro)).value;
  if (metric == "specificity") {
    return (label ? stats::specificity(matrix, *label) : stats::specificity(matrix, Average::macro)).value;
  }
  return (label ? stats::f_beta(matrix, *label) : stats::f_beta(matrix, Average::macro)).value;
}

double figure_of(std::string_view metric, const MetricRows& rows, Whose whose) {
  switch (domain::find_prediction_metric(metric)->needs) {
    case domain::MetricNeeds::scores:
      return score_figure(metric, rows, whose);
    case domain::MetricNeeds::numbers:
      return number_figure(metric, rows, whose);
    case domain::MetricNeeds::latency:
      return latency_figure(metric, numbers_of(rows, whose));
    default: {
      const auto& predicted = whose == Whose::own ? rows.predicted : rows.held_predicted;
      const stats::ConfusionMatrix matrix{{rows.truth, predicted, rows.classes, rows.weights}};
      return label_figure(metric, matrix, rows.label);
    }
  }
}

std::vector<double> figures_by_row(std::string_view metric, const MetricRows& rows, Whose whose) {
  constexpr auto means = std::to_array<std::string_view>({"log_loss", "brier", "mae", "mse", "mape", "latency_mean"});
  if (std::ranges::find(means, metric) == means.end()) return {};
  std::vector<double> figures(rows.size());
  for (std::size_t row = 0; row < figures.size(); ++row) figures[row] = row_figure(metric, rows, whose, row);
  return figures;
}

}  // namespace mlops::app
