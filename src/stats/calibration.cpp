#include <mlops/stats/calibration.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/stats/quantiles.hpp>
#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

// Edges as numpy's linspace and percentile round them, so that a score on an edge falls on the same side.
std::vector<double> bin_edges(std::span<const double> scores, std::span<const double> weights, Binning binning,
                              std::uint32_t bins) {
  std::vector<double> edges;
  edges.reserve(bins + std::size_t{1});
  for (std::uint32_t k = 0; k < bins; ++k) edges.push_back(k * (1.0 / bins));
  edges.push_back(1);
  if (binning == Binning::equal_width) return edges;
  std::vector<double> sorted;
  sorted.reserve(scores.size());
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (weight_of(weights, row) > 0) sorted.push_back(scores[row]);
  }
  if (sorted.empty()) return edges;
  std::ranges::sort(sorted);
  for (double& edge : edges) edge = quantile_of_sorted(sorted, edge * 100 / 100);
  return edges;
}

struct BinSums {
  std::size_t count = 0;
  CompensatedSum weight;
  CompensatedSum score;
  CompensatedSum positive;
};

// What is promised of a row, and whether it came true.
struct Promise {
  double score = 0;
  bool is_kept = false;
};

template <typename PromiseOf>
std::vector<ReliabilityBin> bins_of(std::span<const double> edges, std::size_t rows, std::span<const double> weights,
                                    PromiseOf promise_of) {
  std::vector<BinSums> sums(edges.size() - 1);
  const auto inner = edges.subspan(1, edges.size() - 2);
  for (std::size_t row = 0; row < rows; ++row) {
    const double weight = weight_of(weights, row);
    if (!(weight > 0)) continue;
    const Promise promise = promise_of(row);
    BinSums& bin = sums[static_cast<std::size_t>(std::ranges::lower_bound(inner, promise.score) - inner.begin())];
    ++bin.count;
    bin.weight.add(weight);
    bin.score.add(weight * promise.score);
    bin.positive.add(promise.is_kept ? weight : 0);
  }
  std::vector<ReliabilityBin> bins;
  for (std::size_t at = 0; at < sums.size(); ++at) {
    const BinSums& bin = sums[at];
    const double weight = bin.weight.value();
    if (!(weight > 0)) continue;
    bins.push_back({.low = edges[at],
                    .high = edges[at + 1],
                    .count = bin.count,
                    .weight = weight,
                    .mean_score = bin.score.value() / weight,
                    .positive_rate = bin.positive.value() / weight});
  }
  return bins;
}

void check_bins(std::uint32_t bins) {
  if (bins >= 1 && bins <= most_bins) return;
  throw Error{ErrorKind::usage, fmt::format("{} bins; there can be 1 to {}", bins, most_bins)};
}

}  // namespace

std::vector<ReliabilityBin> reliability_bins(const BinaryScores& rows, Binning binning, std::uint32_t bins) {
  check_probabilities(rows);
  check_bins(bins);
  const std::vector<double> edges = bin_edges(rows.scores, rows.weights, binning, bins);
  return bins_of(edges, rows.truth.size(), rows.weights, [&rows](std::size_t row) {
    return Promise{.score = rows.scores[row], .is_kept = rows.truth[row] == rows.positive};
  });
}

std::vector<ReliabilityBin> reliability_bins(const ClassScores& rows, Binning binning, std::uint32_t bins) {
  check_probabilities(rows);
  check_bins(bins);
  std::vector<double> confidence;
  std::vector<bool> is_right;
  confidence.reserve(rows.truth.size());
  is_right.reserve(rows.truth.size());
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    const auto scores = rows.scores.subspan(row * rows.classes, rows.classes);
    const auto top = std::ranges::max_element(scores);
    confidence.push_back(*top);
    is_right.push_back(top - scores.begin() == rows.truth[row]);
  }
  return bins_of(bin_edges(confidence, rows.weights, binning, bins), rows.truth.size(), rows.weights,
                 [&](std::size_t row) { return Promise{.score = confidence[row], .is_kept = is_right[row]}; });
}

MetricValue calibration_error(const std::vector<ReliabilityBin>& bins) {
  WeightedMean mean;
  for (const ReliabilityBin& bin : bins) mean.add(std::abs(bin.mean_score - bin.positive_rate), bin.weight);
  return mean_of(mean);
}

}  // namespace mlops::stats
