#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <mlops/stats/column_drift.hpp>
#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "gamma_point.hpp"

namespace mlops::stats {

namespace {

// A stretch of values along which the distribution function is taken as constant.
struct Plateau {
  double height = 0;
  double width = 0;
  double deviation = 0;  // of a Brownian bridge at that height, times the width
};

// Bounds the work, which grows with the square; a coarser grid changes the bound by less than a percent.
constexpr std::size_t most_plateaus = 128;

std::vector<Plateau> plateaus_of(const Histogram& reference, const NumberBins& bins, double numbers) {
  const double smallest = reference.smallest().value_or(0);
  const double largest = reference.largest().value_or(0);
  std::vector<Plateau> plateaus;
  double below = 0;
  for (std::size_t bin = 0; bin < bins.ranges(); ++bin) {
    const auto count = static_cast<double>(reference.counts()[bin]);
    const NumberRange range = bins.range(bin);
    const double width = std::min(range.high, largest) - std::max(range.low, smallest);
    const double height = (below + count / 2) / numbers;
    below += count;
    if (!(width > 0) || !std::isfinite(width)) continue;
    const double deviation = width * std::sqrt(std::max(0.0, height * (1 - height)));
    if (deviation > 0) plateaus.push_back({.height = height, .width = width, .deviation = deviation});
  }
  return plateaus;
}

std::vector<Plateau> coarser(const std::vector<Plateau>& plateaus) {
  const std::size_t step = (plateaus.size() + most_plateaus - 1) / most_plateaus;
  if (step <= 1) return plateaus;
  std::vector<Plateau> merged;
  for (std::size_t first = 0; first < plateaus.size(); first += step) {
    Plateau sum;
    for (std::size_t i = first; i < std::min(first + step, plateaus.size()); ++i) {
      sum.width += plateaus[i].width;
      sum.height += plateaus[i].height * plateaus[i].width;
      sum.deviation += plateaus[i].deviation;
    }
    sum.height /= sum.width;
    merged.push_back(sum);
  }
  return merged;
}

// cov(|X|, |Y|) of two normal variables with standard deviations 1 and correlation r.
double covariance_of_sizes(double r) {
  r = std::clamp(r, -1.0, 1.0);
  return 2 / std::numbers::pi * (r * std::asin(r) + std::sqrt(1 - r * r) - 1);
}

// Of a Brownian bridge between its values at two heights.
double bridge_correlation(double low, double high) { return std::sqrt(low * (1 - high) / (high * (1 - low))); }

}  // namespace

double gamma_point(double mean, double variance, double level) {
  if (!(mean > 0)) return 0;
  if (!(variance > 0)) return mean;
  const double shape = mean * mean / variance;
  const double root = 1 - 1 / (9 * shape) + normal_quantile(level) / (3 * std::sqrt(shape));
  return mean * root * root * root;
}

double wasserstein_null_bound(const Histogram& reference, std::uint64_t current_rows) {
  const auto* bins = std::get_if<NumberBins>(&reference.bins());
  if (bins == nullptr) throw Error{ErrorKind::usage, "only numbers have a Wasserstein distance"};
  double numbers = 0;
  for (std::size_t bin = 0; bin < bins->ranges(); ++bin) numbers += static_cast<double>(reference.counts()[bin]);
  if (!(numbers > 0) || current_rows == 0) return std::numeric_limits<double>::infinity();
  const std::vector<Plateau> plateaus = coarser(plateaus_of(reference, *bins, numbers));
  double sum = 0;
  double variance = 0;
  for (std::size_t i = 0; i < plateaus.size(); ++i) {
    sum += plateaus[i].deviation;
    for (std::size_t j = 0; j <= i; ++j) {
      const double correlation = bridge_correlation(plateaus[j].height, plateaus[i].height);
      const double both = plateaus[i].deviation * plateaus[j].deviation * covariance_of_sizes(correlation);
      variance += i == j ? both : 2 * both;
    }
  }
  if (!(sum > 0)) return 0;
  const double scale = std::sqrt(1 / numbers + 1 / static_cast<double>(current_rows));
  return scale * gamma_point(sum * std::sqrt(2 / std::numbers::pi), variance, 0.95);
}

}  // namespace mlops::stats
