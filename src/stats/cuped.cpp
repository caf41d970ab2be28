#include <algorithm>
#include <cmath>

#include <mlops/stats/means.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

CovariedSums sums_of(const Covaried& sample) {
  demand_same_length(sample.outcome.size(), sample.covariate.size(), "outcome and covariate");
  demand_finite(sample.outcome, "values");
  demand_finite(sample.covariate, "values");
  CovariedSums sums;
  for (std::size_t i = 0; i < sample.outcome.size(); ++i) sums.add(sample.outcome[i], sample.covariate[i]);
  return sums;
}

double slope_of(double products, double covariate_squares) {
  return covariate_squares > 0 ? products / covariate_squares : 0;
}

double squares_of(const MeanAndVariance& sample) {
  return sample.count > 1 ? sample.variance * static_cast<double>(sample.count - 1) : 0;
}

MeanAndVariance moments_from(std::int64_t count, double mean, double squares) {
  return {.count = count, .mean = mean, .variance = count > 1 ? squares / static_cast<double>(count - 1) : 0};
}

// Two samples as one.
MeanAndVariance together(const MeanAndVariance& first, const MeanAndVariance& second) {
  if (first.count == 0) return second;
  if (second.count == 0) return first;
  const auto n = static_cast<double>(first.count);
  const auto m = static_cast<double>(second.count);
  const double distance = second.mean - first.mean;
  return moments_from(first.count + second.count, first.mean + distance * m / (n + m),
                      squares_of(first) + squares_of(second) + distance * distance * n * m / (n + m));
}

// The outcomes without what the covariate predicts of them.
MeanAndVariance adjusted(const CovariedSums& sums, double theta, double centre) {
  const CovariedSums::Known& known = sums.covaried();
  const double squares = known.outcome_squares - 2 * theta * known.products + theta * theta * known.covariate_squares;
  const double mean = known.outcome_mean - theta * (known.covariate_mean - centre);
  return together(moments_from(known.count, mean, std::max(0.0, squares)), sums.alone());
}

// The same centre for both arms: where chance gave one of them higher covariates, that is taken away, too.
double mean_covariate(const CovariedSums::Known& first, const CovariedSums::Known& second) {
  const auto n = static_cast<double>(first.count);
  const auto m = static_cast<double>(second.count);
  return n + m > 0 ? (n * first.covariate_mean + m * second.covariate_mean) / (n + m) : 0;
}

}  // namespace

void CovariedSums::add(double outcome, double covariate) {
  ++covaried_.count;
  const auto n = static_cast<double>(covaried_.count);
  const double y = outcome - covaried_.outcome_mean;
  const double x = covariate - covaried_.covariate_mean;
  covaried_.outcome_mean += y / n;
  covaried_.covariate_mean += x / n;
  covaried_.outcome_squares += y * (outcome - covaried_.outcome_mean);
  covaried_.covariate_squares += x * (covariate - covaried_.covariate_mean);
  covaried_.products += x * (outcome - covaried_.outcome_mean);
}

void CovariedSums::add(double outcome) {
  ++alone_.count;
  const double distance = outcome - alone_.mean;
  alone_.mean += distance / static_cast<double>(alone_.count);
  alone_.squares += distance * (outcome - alone_.mean);
}

MeanAndVariance CovariedSums::alone() const { return moments_from(alone_.count, alone_.mean, alone_.squares); }

MeanAndVariance CovariedSums::outcomes() const { return adjusted(*this, 0, 0); }

Cuped cuped_difference(const CovariedSums& first, const CovariedSums& second, double confidence) {
  const CovariedSums::Known& a = first.covaried();
  const CovariedSums::Known& b = second.covaried();
  const double theta = slope_of(a.products + b.products, a.covariate_squares + b.covariate_squares);
  const double centre = mean_covariate(a, b);
  const MeanAndVariance less_first = adjusted(first, theta, centre);
  const MeanAndVariance less_second = adjusted(second, theta, centre);
  Cuped result{.theta = theta, .variance_ratio = 1, .difference = welch(less_first, less_second, confidence)};
  const double squares = squares_of(first.outcomes()) + squares_of(second.outcomes());
  if (squares > 0) result.variance_ratio = (squares_of(less_first) + squares_of(less_second)) / squares;
  return result;
}

Cuped cuped_difference(const Covaried& first, const Covaried& second, double confidence) {
  return cuped_difference(sums_of(first), sums_of(second), confidence);
}

}  // namespace mlops::stats
