// One metric of predictions, with its confidence interval; of two versions' predictions on the same rows, the interval
// is of their difference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/stats/interval.hpp>

namespace mlops::app {

// The columns that the metric needs; the others are empty. `held` is what the other version predicts.
struct MetricRows {
  std::vector<std::uint32_t> truth, predicted, held_predicted;  // labels
  std::vector<double> true_number, number, held_number;         // numbers, latencies, or scores of the positive class
  std::vector<double> weights;                                  // empty: 1 each
  std::uint32_t classes = 0;
  std::optional<std::uint32_t> label;  // the class that the metric is about; without it, the mean of all classes
  bool is_compared = false;            // whether there is a held version

  [[nodiscard]] std::size_t size() const;
};

// Some of the rows, each as often as it is named.
MetricRows select_rows(const MetricRows& rows, std::span<const std::size_t> places);

struct EstimateOptions {
  double confidence = 0.95;
  std::uint64_t seed = 0;
};

struct MetricEstimate {
  double value = 0;
  std::optional<double> held;
  stats::Interval interval;  // of the value, or of value - held
  std::string method;        // "Wilson", "bootstrap of cells, BCa, 10000 replicates"
};

// `metric` is one of domain::prediction_metrics() that compares no groups.
MetricEstimate estimate_metric(std::string_view metric, const MetricRows& rows, const EstimateOptions& options);

}  // namespace mlops::app
