#include <cmath>

#include <mlops/stats/means.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

// Sums of products of distances from the means of one arm.
struct Spread {
  double outcome = 0;
  double covariate = 0;
  double both = 0;

  Spread& operator+=(const Spread& other) {
    outcome += other.outcome;
    covariate += other.covariate;
    both += other.both;
    return *this;
  }
};

Spread spread_of(const Covaried& sample) {
  demand_same_length(sample.outcome.size(), sample.covariate.size(), "outcome and covariate");
  const double outcome_mean = moments_of(sample.outcome).mean;
  const double covariate_mean = moments_of(sample.covariate).mean;
  Spread spread;
  for (std::size_t i = 0; i < sample.outcome.size(); ++i) {
    const double y = sample.outcome[i] - outcome_mean;
    const double x = sample.covariate[i] - covariate_mean;
    spread += {.outcome = y * y, .covariate = x * x, .both = x * y};
  }
  return spread;
}

double slope_of(const Spread& spread) { return spread.covariate > 0 ? spread.both / spread.covariate : 0; }

std::vector<double> less_predicted(const Covaried& sample, double theta, double covariate_mean) {
  std::vector<double> outcome;
  outcome.reserve(sample.outcome.size());
  for (std::size_t i = 0; i < sample.outcome.size(); ++i) {
    outcome.push_back(sample.outcome[i] - theta * (sample.covariate[i] - covariate_mean));
  }
  return outcome;
}

}  // namespace

Cuped cuped_difference(const Covaried& first, const Covaried& second, double confidence) {
  Spread spread = spread_of(first);
  spread += spread_of(second);
  Cuped result{.theta = slope_of(spread), .variance_ratio = 1, .difference = {}};
  if (spread.outcome > 0) result.variance_ratio = 1 - result.theta * spread.both / spread.outcome;
  // The same centre for both arms: where chance gave one of them higher covariates, that is taken away, too.
  const double centre = moments_of(first.covariate).mean;
  result.difference =
      welch(less_predicted(first, result.theta, centre), less_predicted(second, result.theta, centre), confidence);
  return result;
}

std::vector<double> cuped_outcome(const Covaried& sample) {
  return less_predicted(sample, slope_of(spread_of(sample)), moments_of(sample.covariate).mean);
}

}  // namespace mlops::stats
