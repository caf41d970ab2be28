// A metric of the catalogue, computed from whatever columns it needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mlops/stats/calibration.hpp>
#include <mlops/stats/classification.hpp>
#include <mlops/stats/metric_catalogue.hpp>
#include <mlops/stats/predictions.hpp>
#include <mlops/stats/ranking.hpp>
#include <mlops/stats/roc.hpp>

namespace mlops::stats {

// What was read of a file of predictions; columns that it doesn't have are empty. All others have one value per row,
// but for scores of several classes.
struct PredictionColumns {
  Task task = Task::binary;
  std::uint32_t classes = 2;   // of a binary or multi-class task: labels are below it
  std::uint32_t positive = 1;  // of a binary task
  std::span<const std::uint32_t> truth{};
  std::span<const std::uint32_t> predicted{};
  std::span<const double> scores{};  // binary: of the positive class; multi-class: [row * classes + class]; ranking
  std::span<const double> true_numbers{};  // regression, and the relevance of a ranking
  std::span<const double> predicted_numbers{};
  std::span<const std::uint64_t> groups{};
  std::span<const double> latencies{};
  std::span<const double> weights{};  // empty: 1 each; rankings and latencies take none
};

struct MetricOptions {
  Average average = Average::macro;  // of several classes
  MultiClass auc = MultiClass::one_vs_rest;
  Binning binning = Binning::equal_count;
  std::uint32_t bins = usual_bins;
  std::size_t k = all_ranks;  // of rankings
  std::size_t top_k = 5;      // of top-k accuracy
  Gain gain = Gain::linear;   // of NDCG
  double quantile = 0.5;      // of the pinball loss
};

// Throws Error{usage} when the metric is none of this task, when a column that it needs is missing, and what the metric
// itself throws.
[[nodiscard]] MetricValue evaluate(Metric metric, const PredictionColumns& columns, const MetricOptions& options = {});

// A metric of labels from the matrix alone; `positive` is that of a binary task. Throws Error{usage} for other metrics.
[[nodiscard]] MetricValue evaluate(Metric metric, const ConfusionMatrix& matrix, Task task, std::uint32_t positive,
                                   Average average = Average::macro);

}  // namespace mlops::stats
