#include <mlops/stats/means.hpp>

#include <cmath>
#include <limits>

#include <mlops/stats/distributions.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

constexpr double unknown_spread = std::numeric_limits<double>::infinity();

MeanTest unknown_mean(double value, std::int64_t count) {
  MeanTest test;
  test.estimate = {.value = value, .interval = {.low = -unknown_spread, .high = unknown_spread}, .count = count};
  test.standard_error = unknown_spread;
  return test;
}

MeanTest held_against_zero(double value, double standard_error, double degrees, std::int64_t count, double confidence) {
  const double half = student_quantile(0.5 * (1 + confidence), degrees) * standard_error;
  MeanTest test;
  test.estimate = {.value = value, .interval = {.low = value - half, .high = value + half}, .count = count};
  test.standard_error = standard_error;
  test.degrees = degrees;
  if (std::abs(value) > 0) test.t = value / standard_error;
  test.p_value = student_two_sided(test.t, degrees);
  return test;
}

}  // namespace

// In two passes, so that a large mean takes no digits from the variance.
MeanAndVariance moments_of(std::span<const double> values) {
  demand_finite(values, "values");
  MeanAndVariance moments{.count = static_cast<std::int64_t>(values.size())};
  if (values.empty()) return moments;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) moments.mean += value / n;
  double drift = 0;
  double squares = 0;
  for (const double value : values) {
    const double distance = value - moments.mean;
    drift += distance;
    squares += distance * distance;
  }
  moments.mean += drift / n;
  if (values.size() > 1) moments.variance = (squares - drift * drift / n) / (n - 1);
  return moments;
}

MeanTest paired_mean(const MeanAndVariance& differences, double confidence) {
  demand_confidence(confidence);
  if (differences.count < 2) return unknown_mean(differences.mean, differences.count);
  const auto n = static_cast<double>(differences.count);
  return held_against_zero(differences.mean, std::sqrt(differences.variance / n), n - 1, differences.count, confidence);
}

MeanTest paired_mean(std::span<const double> differences, double confidence) {
  return paired_mean(moments_of(differences), confidence);
}

MeanTest welch(const MeanAndVariance& first, const MeanAndVariance& second, double confidence) {
  demand_confidence(confidence);
  const double difference = second.mean - first.mean;
  const std::int64_t count = first.count + second.count;
  if (first.count < 2 || second.count < 2) return unknown_mean(difference, count);
  const auto n = static_cast<double>(first.count);
  const auto m = static_cast<double>(second.count);
  const double variance = first.variance / n + second.variance / m;
  if (!(variance > 0)) return held_against_zero(difference, 0, n + m - 2, count, confidence);
  // Shares of the variance, for their squares can't underflow as the variances' might.
  const double share = first.variance / n / variance;
  const double degrees = 1 / (share * share / (n - 1) + (1 - share) * (1 - share) / (m - 1));
  return held_against_zero(difference, std::sqrt(variance), degrees, count, confidence);
}

MeanTest welch(std::span<const double> first, std::span<const double> second, double confidence) {
  return welch(moments_of(first), moments_of(second), confidence);
}

}  // namespace mlops::stats
