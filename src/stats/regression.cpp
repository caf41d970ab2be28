#include <mlops/stats/regression.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

double error_of(const NumberPairs& rows, std::size_t row) { return rows.truth[row] - rows.predicted[row]; }

template <typename Term>
WeightedMean mean_over_pairs(const NumberPairs& rows, Term term) {
  WeightedMean mean;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) mean.add(term(row), weight_of(rows.weights, row));
  return mean;
}

MetricValue mean_error(const NumberPairs& rows, auto loss) {
  check_rows(rows);
  return mean_of(mean_over_pairs(rows, [&](std::size_t row) { return loss(error_of(rows, row)); }));
}

// Of the rows with weight.
struct TruthRange {
  std::size_t rows = 0;
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
};

TruthRange truth_range(const NumberPairs& rows) {
  TruthRange range;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    if (!(weight_of(rows.weights, row) > 0)) continue;
    ++range.rows;
    range.least = std::min(range.least, rows.truth[row]);
    range.most = std::max(range.most, rows.truth[row]);
  }
  return range;
}

// 1 - mean of (error - offset)² / variance of truth
MetricValue explained(const NumberPairs& rows, double offset) {
  const TruthRange range = truth_range(rows);
  if (range.rows < 2) return undefined_metric();
  const double unexplained = mean_over_pairs(rows, [&](std::size_t row) {
                               const double error = error_of(rows, row) - offset;
                               return error * error;
                             }).value();
  // The mean of equal numbers may be off by a bit, and then they would seem to vary.
  if (!(range.least < range.most)) return {.value = unexplained > 0 ? 0.0 : 1.0, .is_defined = false};
  const double centre = mean_over_pairs(rows, [&](std::size_t row) { return rows.truth[row]; }).value();
  const double variance = mean_over_pairs(rows, [&](std::size_t row) {
                            const double distance = rows.truth[row] - centre;
                            return distance * distance;
                          }).value();
  if (!(variance > 0)) return undefined_metric();
  return measured(1 - unexplained / variance);
}

struct WeightedError {
  double error = 0;
  double weight = 0;
};

}  // namespace

MetricValue mean_absolute_error(const NumberPairs& rows) {
  return mean_error(rows, [](double error) { return std::abs(error); });
}

MetricValue mean_squared_error(const NumberPairs& rows) {
  return mean_error(rows, [](double error) { return error * error; });
}

MetricValue root_mean_squared_error(const NumberPairs& rows) {
  const MetricValue squared = mean_squared_error(rows);
  return {.value = std::sqrt(squared.value), .is_defined = squared.is_defined};
}

MetricValue mean_absolute_percentage_error(const NumberPairs& rows) {
  check_rows(rows);
  constexpr double least_truth = std::numeric_limits<double>::epsilon();
  return mean_of(mean_over_pairs(rows, [&](std::size_t row) {
    return std::abs(error_of(rows, row)) / std::max(std::abs(rows.truth[row]), least_truth);
  }));
}

MetricValue median_absolute_error(const NumberPairs& rows) {
  check_rows(rows);
  std::vector<WeightedError> errors;
  errors.reserve(rows.truth.size());
  CompensatedSum total;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    const double weight = weight_of(rows.weights, row);
    if (!(weight > 0)) continue;
    errors.push_back({.error = std::abs(error_of(rows, row)), .weight = weight});
    total.add(weight);
  }
  if (errors.empty()) return undefined_metric();
  std::ranges::sort(errors, {}, &WeightedError::error);
  const double half = total.value() / 2;
  CompensatedSum below;
  std::size_t at = 0;
  for (; at + 1 < errors.size(); ++at) {
    below.add(errors[at].weight);
    if (below.value() >= half) break;
  }
  const bool is_between = at + 1 < errors.size() && !(below.value() > half);
  if (!is_between) return measured(errors[at].error);
  return measured(errors[at].error / 2 + errors[at + 1].error / 2);
}

MetricValue max_error(const NumberPairs& rows) {
  check_rows(rows);
  double most = -1;
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    if (weight_of(rows.weights, row) > 0) most = std::max(most, std::abs(error_of(rows, row)));
  }
  return most < 0 ? undefined_metric() : measured(most);
}

MetricValue r_squared(const NumberPairs& rows) {
  check_rows(rows);
  return explained(rows, 0);
}

MetricValue explained_variance(const NumberPairs& rows) {
  check_rows(rows);
  return explained(rows, mean_over_pairs(rows, [&](std::size_t row) { return error_of(rows, row); }).value());
}

MetricValue pinball_loss(const NumberPairs& rows, double quantile) {
  if (std::isnan(quantile) || quantile < 0 || quantile > 1) {
    throw Error{ErrorKind::usage, fmt::format("pinball loss of quantile {}, which is not between 0 and 1", quantile)};
  }
  return mean_error(rows, [quantile](double error) { return error > 0 ? quantile * error : (quantile - 1) * error; });
}

}  // namespace mlops::stats
