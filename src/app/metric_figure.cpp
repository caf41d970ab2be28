#include "metric_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <mlops/domain/predictions.hpp>
#include <mlops/stats/evaluate.hpp>

namespace mlops::app {

namespace {

// Probabilities nearer to 0 or 1 count as this near, as in scikit-learn.
constexpr double least_probability = std::numeric_limits<double>::epsilon();

const std::vector<double>& numbers_of(const MetricRows& rows, Whose whose) {
  return whose == Whose::own ? rows.number : rows.held_number;
}

bool is_positive(const MetricRows& rows, std::size_t row) { return rows.truth[row] == rows.label.value_or(1); }

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

// The catalogue knows "ndcg", whatever the ranks.
stats::Metric metric_called(std::string_view metric) {
  return stats::metric_named(domain::find_prediction_metric(metric)->name).metric;
}

std::size_t ranks_or_all(std::string_view metric) {
  const auto ranks = domain::ranks_of(metric);
  return ranks ? static_cast<std::size_t>(*ranks) : stats::all_ranks;
}

std::vector<double> figures_by_query(std::string_view metric, const MetricRows& rows, Whose whose) {
  const stats::RankedItems items{
      .relevance = rows.true_number, .scores = numbers_of(rows, whose), .groups = rows.queries};
  std::vector<double> figures;
  for (const auto& query : stats::metric_by_group(metric_called(metric), items, ranks_or_all(metric))) {
    figures.push_back(query.value);
  }
  return figures;
}

}  // namespace

bool is_of_labels(std::string_view metric) {
  const auto* const known = domain::find_prediction_metric(metric);
  return known != nullptr && known->needs == domain::MetricNeeds::labels;
}

double label_figure(std::string_view metric, const stats::ConfusionMatrix& matrix, std::optional<std::uint32_t> label) {
  const auto task = label ? stats::Task::binary : stats::Task::multi_class;
  return stats::evaluate(metric_called(metric), matrix, task, label.value_or(0)).value;
}

double figure_of(std::string_view metric, const MetricRows& rows, Whose whose) {
  const bool is_own = whose == Whose::own;
  stats::PredictionColumns columns;
  columns.classes = rows.classes;
  columns.positive = rows.label.value_or(0);
  columns.task = rows.label ? stats::Task::binary : stats::Task::multi_class;
  columns.truth = rows.truth;
  columns.predicted = is_own ? rows.predicted : rows.held_predicted;
  columns.weights = rows.weights;
  const std::vector<double>& numbers = numbers_of(rows, whose);
  switch (domain::find_prediction_metric(metric)->needs) {
    case domain::MetricNeeds::scores:
      columns.scores = numbers;
      break;
    case domain::MetricNeeds::numbers:
      columns.task = stats::Task::regression;
      columns.true_numbers = rows.true_number;
      columns.predicted_numbers = numbers;
      break;
    case domain::MetricNeeds::ranking:
      columns.task = stats::Task::ranking;
      columns.true_numbers = rows.true_number;
      columns.scores = numbers;
      columns.groups = rows.queries;
      columns.weights = {};
      break;
    case domain::MetricNeeds::latency:
      columns.task = stats::Task::latency;
      columns.latencies = numbers;
      break;
    default:
      break;
  }
  stats::MetricOptions options;
  options.k = ranks_or_all(metric);
  return stats::evaluate(metric_called(metric), columns, options).value;
}

std::vector<double> figures_by_unit(std::string_view metric, const MetricRows& rows, Whose whose) {
  if (!rows.queries.empty()) return figures_by_query(metric, rows, whose);
  constexpr auto means = std::to_array<std::string_view>({"log_loss", "brier", "mae", "mse", "mape", "latency_mean"});
  if (std::ranges::find(means, metric) == means.end()) return {};
  std::vector<double> figures(rows.size());
  for (std::size_t row = 0; row < figures.size(); ++row) figures[row] = row_figure(metric, rows, whose, row);
  return figures;
}

std::vector<double> difference_by_unit(std::string_view metric, const MetricRows& rows) {
  std::vector<double> figures = figures_by_unit(metric, rows, Whose::own);
  if (figures.empty() || !rows.is_compared) return figures;
  const std::vector<double> held = figures_by_unit(metric, rows, Whose::held);
  for (std::size_t unit = 0; unit < figures.size(); ++unit) figures[unit] -= held[unit];
  return figures;
}

std::vector<std::uint64_t> cluster_by_unit(const MetricRows& rows) {
  if (rows.queries.empty()) return rows.clusters;
  std::map<std::uint64_t, std::uint64_t> by_query;
  for (std::size_t row = 0; row < rows.size(); ++row) by_query.emplace(rows.queries[row], rows.clusters[row]);
  std::vector<std::uint64_t> clusters;
  for (const auto& [query, cluster] : by_query) clusters.push_back(cluster);
  return clusters;
}

}  // namespace mlops::app
