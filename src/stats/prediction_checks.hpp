// What every metric asks of its columns before it computes. Each throws Error{usage} that names the first row at fault,
// counted from 1.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <mlops/stats/predictions.hpp>

#include "compensated_sum.hpp"

namespace mlops::stats {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void check_finite(std::span<const double> values, std::string_view what);

void check_rows(const Labelled& rows);
void check_rows(const BinaryScores& rows);
void check_rows(const ClassScores& rows);
void check_rows(const NumberPairs& rows);
void check_rows(const RankedItems& rows);

// Each in [0, 1].
void check_probabilities(const BinaryScores& rows);
void check_probabilities(const ClassScores& rows);

[[nodiscard]] inline double weight_of(std::span<const double> weights, std::size_t row) {
  return weights.empty() ? 1 : weights[row];
}

// Without a value to put in its place.
[[nodiscard]] inline MetricValue undefined_metric() { return {.value = not_a_number, .is_defined = false}; }
// What came out, which is defined unless it overflowed.
[[nodiscard]] inline MetricValue measured(double value) {
  return std::isfinite(value) ? MetricValue{.value = value, .is_defined = true} : undefined_metric();
}
[[nodiscard]] inline MetricValue ratio_or_nan(double numerator, double denominator) {
  return denominator > 0 ? measured(numerator / denominator) : undefined_metric();
}
[[nodiscard]] inline MetricValue mean_of(const WeightedMean& mean) {
  return mean.weight() > 0 ? measured(mean.value()) : undefined_metric();
}
// 0 when the denominator is empty.
[[nodiscard]] inline MetricValue ratio_or_zero(double numerator, double denominator) {
  return denominator > 0 ? measured(numerator / denominator) : MetricValue{.value = 0, .is_defined = false};
}

}  // namespace mlops::stats
