// Exact quantiles, as numpy computes them by default: linear between the two nearest values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mlops::stats {

// Where the quantile lies in rising values: between those at `below` and `below` + 1, a `fraction` of the way up.
// Source: Hyndman and Fan, "Sample quantiles in statistical packages" (1996), definition 7.
// `sorted` has a value, all are finite, and probability is in [0, 1].
[[nodiscard]] double quantile_of_sorted(std::span<const double> sorted, double probability);

// One for each probability. Throws Error{usage} without values, for values that aren't finite, and for probabilities
// outside [0, 1].
[[nodiscard]] std::vector<double> quantiles(std::span<const double> values, std::span<const double> probabilities);

// How long predictions took, in the unit of the values. NaN without values.
struct LatencySummary {
  std::size_t count = 0;
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p95 = 0;
  double p99 = 0;
  double most = 0;
};

// Throws Error{usage} for latencies that are negative or not finite.
[[nodiscard]] LatencySummary latency_summary(std::span<const double> latencies);

}  // namespace mlops::stats
