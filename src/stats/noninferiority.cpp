#include <mlops/stats/noninferiority.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"
#include "whole_rows.hpp"

namespace mlops::stats {
namespace {

double at_least_zero(double value, std::string_view what) {
  if (!std::isfinite(value) || value < 0) {
    throw Error{ErrorKind::usage, fmt::format("{} must be 0 or above, and is {}", what, value)};
  }
  return value;
}

double quantiles_of_plan(const Plan& plan) {
  demand_chance(plan.alpha, "the level");
  demand_chance(plan.power, "the power");
  return std::max(0.0, normal_quantile(plan.power) - normal_quantile(plan.alpha));
}

}  // namespace

Requirement non_inferior_by(double margin) { return {.least = -at_least_zero(margin, "the margin")}; }

Requirement better_by(double gain) { return {.least = at_least_zero(gain, "the required gain")}; }

double minimal_detectable_effect(double standard_error, const Plan& plan) {
  if (!(standard_error >= 0)) throw Error{ErrorKind::usage, fmt::format("no standard error: {}", standard_error)};
  return quantiles_of_plan(plan) * standard_error;
}

std::optional<std::int64_t> rows_needed(double standard_error, std::int64_t rows, double distance, const Plan& plan) {
  demand_count(rows, "the number of rows");
  demand_finite(distance, "the distance");
  const double ratio = minimal_detectable_effect(standard_error, plan) / std::abs(distance);
  return whole_rows(static_cast<double>(rows) * ratio * ratio);
}

double design_effect(double mean_cluster_size, double intraclass_correlation) {
  demand_positive(mean_cluster_size, "the mean size of a cluster");
  demand_finite(intraclass_correlation, "the intraclass correlation");
  return std::max(0.0, 1 + (mean_cluster_size - 1) * intraclass_correlation);
}

}  // namespace mlops::stats
