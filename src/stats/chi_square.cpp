#include <algorithm>
#include <cmath>
#include <limits>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/divergence.hpp>

#include "shares.hpp"

namespace mlops::stats {

namespace {

constexpr double null_level = 0.95;

// What a chi-square variable stays below with chance `level`.
double chi_square_point(double level, double degrees) {
  // Past mean and twenty standard deviations there is nothing to look for.
  double low = 0;
  double high = degrees + 20 * std::sqrt(2 * degrees) + 100;
  for (int halving = 0; halving < 100 && low < high; ++halving) {
    const double middle = low + (high - low) / 2;
    (chi_square_sf(middle, degrees) > 1 - level ? low : high) = middle;
  }
  return high;
}

ChiSquare judged(double statistic, std::size_t categories) {
  if (categories < 2) return {};
  const auto degrees = static_cast<std::uint64_t>(categories - 1);
  if (std::isinf(statistic)) return {.statistic = statistic, .degrees = degrees, .p = 0};
  return {.statistic = statistic, .degrees = degrees, .p = chi_square_sf(statistic, static_cast<double>(degrees))};
}

}  // namespace

std::size_t bins_in_use(BinCounts reference, BinCounts current) {
  std::size_t used = 0;
  for_each_share(reference, current, [&](double p, double q) { used += p > 0 || q > 0 ? 1 : 0; });
  return used;
}

double psi_null_bound(std::size_t bins, std::uint64_t reference_rows, std::uint64_t current_rows) {
  if (bins < 2) return 0;
  if (reference_rows == 0 || current_rows == 0) return std::numeric_limits<double>::infinity();
  const double scale = 1 / static_cast<double>(reference_rows) + 1 / static_cast<double>(current_rows);
  return scale * chi_square_point(null_level, static_cast<double>(bins - 1));
}

double l_infinity_null_bound(BinCounts reference, BinCounts current) {
  const std::size_t bins = bins_in_use(reference, current);
  if (bins < 2) return 0;
  const SharedTotals totals = totals_of(reference, current);
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double both = static_cast<double>(reference[i]) + static_cast<double>(current[i]);
    const double share = both / (totals.reference + totals.current);
    largest = std::max(largest, share * (1 - share));
  }
  const double z = normal_quantile(1 - (1 - null_level) / (2 * static_cast<double>(bins)));
  return z * std::sqrt(largest * (1 / totals.reference + 1 / totals.current));
}

ChiSquare chi_square_fit(BinCounts reference, BinCounts current) {
  const SharedTotals totals = totals_of(reference, current);
  const double scale = totals.current / totals.reference;
  double statistic = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0 && current[i] == 0) continue;
    const double expected = static_cast<double>(reference[i]) * scale;
    const double difference = static_cast<double>(current[i]) - expected;
    statistic += expected > 0 ? difference * difference / expected : std::numeric_limits<double>::infinity();
  }
  return judged(statistic, bins_in_use(reference, current));
}

// With m = a + b of a column, both cells of it add (a B - b A)^2 / (m A B).
ChiSquare chi_square_homogeneity(BinCounts reference, BinCounts current) {
  const SharedTotals totals = totals_of(reference, current);
  double statistic = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0 && current[i] == 0) continue;
    const auto a = static_cast<double>(reference[i]);
    const auto b = static_cast<double>(current[i]);
    const double difference = a / totals.reference - b / totals.current;
    statistic += difference * difference / (a + b) * totals.reference * totals.current;
  }
  return judged(statistic, bins_in_use(reference, current));
}

}  // namespace mlops::stats
