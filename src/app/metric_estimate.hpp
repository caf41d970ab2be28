// One metric of predictions, with its confidence interval; of two versions' predictions on the same rows, the interval
// is of their difference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
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
  std::vector<std::uint64_t> queries;                           // of the items of a ranking, whose truth is a number
  std::vector<std::uint64_t> clusters;                          // rows that belong together; empty: none do
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
  // The true figure, or difference, that p is of; without it that is no difference.
  std::optional<double> bound = std::nullopt;
};

struct MetricEstimate {
  double value = 0;
  std::optional<double> held;
  stats::Interval interval;   // of the value, or of value - held
  std::string method;         // "Wilson", "bootstrap of cells, BCa, 10000 replicates"
  std::int64_t count = 0;     // rows, or queries of a ranking
  std::int64_t clusters = 0;  // where rows belong together

  // Two-sided, of no difference; or of the bound, and then the level at which the interval would end there.
  std::optional<double> p_value;

  // Of two versions.
  std::string test;              // "McNemar's test, exact"
  std::string why;               // that test: "a share of the same rows, of which 21 differ"
  std::optional<double> rank_p;  // of Wilcoxon's test of the same differences, where the other test is of their mean
};

// `metric` is one of domain::prediction_metrics() that compares no groups.
MetricEstimate estimate_metric(std::string_view metric, const MetricRows& rows, const EstimateOptions& options);

// Two-sided, of a true value so far away, in Student's t distribution; without `degrees` in the normal one.
double p_of_distance(double distance, double standard_error, double degrees = std::numeric_limits<double>::infinity());

// What would have to be planned for a clear answer: the smallest distance from what is asked that so many rows show
// with a power of 0.8, and the rows that show the distance that was seen. None where the interval has no width.
struct Settling {
  std::optional<double> detectable;
  std::optional<std::int64_t> rows;
};
Settling what_would_settle(const stats::Interval& interval, std::int64_t count, double distance, double confidence);

}  // namespace mlops::app
