#include <mlops/stats/quantiles.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {

double quantile_of_sorted(std::span<const double> sorted, double probability) {
  const double position = static_cast<double>(sorted.size() - 1) * probability;
  const auto below = std::min(static_cast<std::size_t>(position), sorted.size() - 1);
  const double low = sorted[below];
  const double high = sorted[std::min(below + 1, sorted.size() - 1)];
  const double fraction = position - static_cast<double>(below);
  if (!std::isfinite(high - low)) return low * (1 - fraction) + high * fraction;
  // From the nearer end, as numpy does, so that the last bit is the same, too.
  if (fraction >= 0.5) return high - (high - low) * (1 - fraction);
  return low + (high - low) * fraction;
}

std::vector<double> quantiles(std::span<const double> values, std::span<const double> probabilities) {
  if (values.empty()) throw Error{ErrorKind::usage, "quantiles of no values"};
  check_finite(values, "value");
  for (const double probability : probabilities) {
    if (probability >= 0 && probability <= 1) continue;
    throw Error{ErrorKind::usage, fmt::format("a quantile at {}, which is not between 0 and 1", probability)};
  }
  std::vector<double> sorted{values.begin(), values.end()};
  std::ranges::sort(sorted);
  std::vector<double> found;
  found.reserve(probabilities.size());
  for (const double probability : probabilities) found.push_back(quantile_of_sorted(sorted, probability));
  return found;
}

LatencySummary latency_summary(std::span<const double> latencies) {
  check_finite(latencies, "latency");
  const auto negative = std::ranges::find_if(latencies, [](double latency) { return latency < 0; });
  if (negative != latencies.end()) {
    throw Error{ErrorKind::usage,
                fmt::format("the latency of row {} is negative: {}", negative - latencies.begin() + 1, *negative)};
  }
  if (latencies.empty()) {
    return {.count = 0,
            .mean = not_a_number,
            .p50 = not_a_number,
            .p90 = not_a_number,
            .p95 = not_a_number,
            .p99 = not_a_number,
            .most = not_a_number};
  }
  WeightedMean mean;
  for (const double latency : latencies) mean.add(latency, 1);
  constexpr std::array probabilities = {0.5, 0.9, 0.95, 0.99, 1.0};
  const std::vector<double> found = quantiles(latencies, probabilities);
  return {.count = latencies.size(),
          .mean = mean.value(),
          .p50 = found[0],
          .p90 = found[1],
          .p95 = found[2],
          .p99 = found[3],
          .most = found[4]};
}

}  // namespace mlops::stats
