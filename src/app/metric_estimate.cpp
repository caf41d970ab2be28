#include "metric_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include <mlops/stats/delong.hpp>
#include <mlops/stats/distributions.hpp>
#include <mlops/stats/means.hpp>
#include <mlops/stats/noninferiority.hpp>
#include <mlops/stats/wilcoxon.hpp>

#include "metric_drawing.hpp"
#include "metric_figure.hpp"
#include "metric_shares.hpp"

namespace mlops::app {

namespace {

template <typename T>
void select_values(const std::vector<T>& from, std::span<const std::size_t> places, std::vector<T>& to) {
  if (from.empty()) return;
  to.reserve(places.size());
  for (const std::size_t place : places) to.push_back(from[place]);
}

class Estimator {
 public:
  Estimator(std::string_view metric, const MetricRows& rows, const EstimateOptions& options)
      : metric_{metric}, rows_{rows}, options_{options} {}

  MetricEstimate estimate() const {
    MetricEstimate result;
    result.value = figure_of(metric_, rows_, Whose::own);
    if (rows_.is_compared) result.held = figure_of(metric_, rows_, Whose::held);
    result.count = static_cast<std::int64_t>(rows_.size());
    const std::set<std::uint64_t> clusters{rows_.clusters.begin(), rows_.clusters.end()};
    result.clusters = static_cast<std::int64_t>(clusters.size());
    const bool are_rows_alike = rows_.weights.empty() && rows_.clusters.empty();
    const auto share = are_rows_alike ? share_of_rows(metric_, rows_) : std::nullopt;
    if (share) {
      estimate_share(*share, rows_, options_, result);
    } else if (metric_ == "auc" && are_rows_alike) {
      by_ranks(result);
    } else if (const auto figures = difference_by_unit(metric_, rows_); are_rows_alike && !figures.empty()) {
      by_means(figures, result);
    } else {
      estimate_by_drawing(metric_, rows_, options_, result);
    }
    return result;
  }

 private:
  void by_ranks(MetricEstimate& result) const {
    std::vector<std::uint8_t> labels;
    labels.reserve(rows_.size());
    for (const std::uint32_t truth : rows_.truth) labels.push_back(truth == rows_.label.value_or(1) ? 1 : 0);
    result.method = "DeLong";
    if (rows_.is_compared) {
      const auto compared = stats::compare_aucs(rows_.held_number, rows_.number, labels, options_.confidence);
      result.interval = compared.difference.interval;
      result.p_value = compared.p_value;
      result.test = "DeLong's test";
      result.why = "two areas of the same rows";
      if (options_.bound) {
        result.p_value = p_of_distance(compared.difference.value - *options_.bound, compared.standard_error);
      }
    } else {
      const stats::Auc auc = stats::auc_with_variance(rows_.number, labels, options_.confidence);
      result.interval = auc.estimate.interval;
      if (options_.bound) result.p_value = stats::auc_p(auc, *options_.bound);
    }
  }

  void by_means(const std::vector<double>& figures, MetricEstimate& result) const {
    const stats::MeanTest test = stats::paired_mean(figures, options_.confidence);
    result.interval = test.estimate.interval;
    result.method = rows_.is_compared ? "Student's t of paired differences" : "Student's t";
    if (!rows_.queries.empty()) result.count = static_cast<std::int64_t>(figures.size());
    if (options_.bound) {
      result.p_value = p_of_distance(test.estimate.value - *options_.bound, test.standard_error, test.degrees);
    }
    if (!rows_.is_compared) return;
    if (!options_.bound) result.p_value = test.p_value;
    result.test = "Student's t, paired";
    result.why = rows_.queries.empty() ? "a mean of rows" : fmt::format("a mean of {} queries", figures.size());
    result.rank_p = stats::wilcoxon_signed_rank(figures).p_value;
  }

  std::string_view metric_;
  const MetricRows& rows_;
  const EstimateOptions& options_;
};

}  // namespace

std::size_t MetricRows::size() const { return std::max({truth.size(), true_number.size(), number.size()}); }

MetricRows select_rows(const MetricRows& rows, std::span<const std::size_t> places) {
  MetricRows selected;
  selected.classes = rows.classes;
  selected.label = rows.label;
  selected.is_compared = rows.is_compared;
  select_values(rows.truth, places, selected.truth);
  select_values(rows.predicted, places, selected.predicted);
  select_values(rows.held_predicted, places, selected.held_predicted);
  select_values(rows.true_number, places, selected.true_number);
  select_values(rows.number, places, selected.number);
  select_values(rows.held_number, places, selected.held_number);
  select_values(rows.weights, places, selected.weights);
  select_values(rows.queries, places, selected.queries);
  select_values(rows.clusters, places, selected.clusters);
  return selected;
}

MetricEstimate estimate_metric(std::string_view metric, const MetricRows& rows, const EstimateOptions& options) {
  return Estimator{metric, rows, options}.estimate();
}

double p_of_distance(double distance, double standard_error, double degrees) {
  if (!std::isfinite(distance) || !std::isfinite(standard_error)) return 1;
  if (!(standard_error > 0)) return std::abs(distance) > 0 ? 0 : 1;
  return stats::student_two_sided(distance / standard_error, degrees);
}

Settling what_would_settle(const stats::Interval& interval, std::int64_t count, double distance, double confidence) {
  const double standard_error = (interval.high - interval.low) / (2 * stats::normal_quantile((1 + confidence) / 2));
  if (!std::isfinite(standard_error) || !(standard_error > 0) || !std::isfinite(distance)) return {};
  const stats::Plan planned{.alpha = (1 - confidence) / 2};
  return {.detectable = stats::minimal_detectable_effect(standard_error, planned),
          .rows = stats::rows_needed(standard_error, count, std::abs(distance), planned)};
}

}  // namespace mlops::app
