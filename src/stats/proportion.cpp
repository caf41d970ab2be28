#include <mlops/stats/proportion.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

void demand_proportion(const Proportion& proportion) {
  demand_count(proportion.trials, "the number of trials");
  demand_count(proportion.successes, "the number of successes");
  if (proportion.successes > proportion.trials) {
    throw Error{ErrorKind::usage,
                fmt::format("{} successes in {} trials are too many", proportion.successes, proportion.trials)};
  }
}

double two_sided_z(double confidence) { return -normal_quantile(0.5 * (1 - confidence)); }

// The z test with the variance of the pooled share; 0 where both samples are all of one kind.
double pooled_z(const Proportion& first, const Proportion& second) {
  const auto n = static_cast<double>(first.trials);
  const auto m = static_cast<double>(second.trials);
  const double pooled = static_cast<double>(first.successes + second.successes) / (n + m);
  const double variance = pooled * (1 - pooled) * (1 / n + 1 / m);
  return variance > 0 ? (share_of(second) - share_of(first)) / std::sqrt(variance) : 0;
}

}  // namespace

double share_of(const Proportion& proportion) {
  if (proportion.trials == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(proportion.successes) / static_cast<double>(proportion.trials);
}

Interval wilson_interval(const Proportion& proportion, double confidence) {
  demand_proportion(proportion);
  demand_confidence(confidence);
  if (proportion.trials == 0) return {.low = 0, .high = 1};
  const double z = two_sided_z(confidence);
  const auto n = static_cast<double>(proportion.trials);
  const double share = share_of(proportion);
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // At the ends the two parts are equal, but for rounding.
  return {.low = proportion.successes == 0 ? 0 : std::max(0.0, centre - half),
          .high = proportion.successes == proportion.trials ? 1 : std::min(1.0, centre + half)};
}

double share_p(const Proportion& proportion, double share) {
  demand_proportion(proportion);
  if (proportion.trials == 0) return 1;
  if (!(share >= 0) || !(share <= 1)) return 0;
  const double low = binomial_cdf(proportion.successes, proportion.trials, share);
  const double high = binomial_sf(proportion.successes - 1, proportion.trials, share);
  return std::min(1.0, 2 * std::min(low, high));
}

Interval clopper_pearson_interval(const Proportion& proportion, double confidence) {
  demand_proportion(proportion);
  demand_confidence(confidence);
  const double tail = 0.5 * (1 - confidence);
  const auto successes = static_cast<double>(proportion.successes);
  const auto failures = static_cast<double>(proportion.trials - proportion.successes);
  return {.low = proportion.successes == 0 ? 0 : beta_quantile(successes, failures + 1, tail),
          .high = proportion.successes == proportion.trials ? 1 : 1 - beta_quantile(failures, successes + 1, tail)};
}

ProportionDifference compare_proportions(const Proportion& first, const Proportion& second, double confidence) {
  const Interval a = wilson_interval(first, confidence);
  const Interval b = wilson_interval(second, confidence);
  const double p = share_of(first);
  const double q = share_of(second);
  ProportionDifference result;
  result.difference = {.value = q - p, .interval = {.low = -1, .high = 1}, .count = first.trials + second.trials};
  if (first.trials == 0 || second.trials == 0) return result;
  result.difference.interval = {.low = std::max(-1.0, q - p - std::hypot(q - b.low, a.high - p)),
                                .high = std::min(1.0, q - p + std::hypot(b.high - q, p - a.low))};
  result.z = pooled_z(first, second);
  result.p_value = normal_two_sided(result.z);
  return result;
}

}  // namespace mlops::stats
