#include <mlops/stats/power.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"
#include "whole_rows.hpp"

namespace mlops::stats {
namespace {

struct Quantiles {
  double level = 0;
  double power = 0;
};

Quantiles quantiles_of(const Level& level) {
  demand_chance(level.alpha, "the level");
  demand_chance(level.power, "the power");
  const double tail = level.sides == Sides::two ? 0.5 * level.alpha : level.alpha;
  return {.level = -normal_quantile(tail), .power = normal_quantile(level.power)};
}

// ((z_α √null + z_β √alternative) / effect)²: variances of one row's worth, if there is no effect and if there is.
std::optional<std::int64_t> size_of(double null_variance, double alternative_variance, double effect,
                                    const Level& level) {
  const Quantiles z = quantiles_of(level);
  const double reach = z.level * std::sqrt(null_variance) + z.power * std::sqrt(std::max(0.0, alternative_variance));
  const double ratio = std::max(0.0, reach) / std::abs(effect);
  return whole_rows(ratio * ratio);
}

}  // namespace

std::optional<std::int64_t> paired_proportions_size(double only_first, double only_second, const Level& level) {
  demand_share(only_first, "the rate of rows that only the first gets right");
  demand_share(only_second, "the rate of rows that only the second gets right");
  const double discordant = only_first + only_second;
  if (discordant > 1) {
    throw Error{ErrorKind::usage, fmt::format("the rates {} and {} together exceed 1", only_first, only_second)};
  }
  const double effect = only_second - only_first;
  return size_of(discordant, discordant - effect * effect, effect, level);
}

std::optional<std::int64_t> independent_proportions_size(double first, double second, const Level& level) {
  demand_share(first, "the first rate");
  demand_share(second, "the second rate");
  const double mean = 0.5 * (first + second);
  return size_of(2 * mean * (1 - mean), first * (1 - first) + second * (1 - second), second - first, level);
}

std::optional<std::int64_t> mean_size(double effect, double deviation, const Level& level) {
  demand_finite(effect, "the effect");
  demand_positive(deviation, "the deviation");
  return size_of(deviation * deviation, deviation * deviation, effect, level);
}

std::optional<std::int64_t> two_means_size(double effect, double first_deviation, double second_deviation,
                                           const Level& level) {
  demand_finite(effect, "the effect");
  demand_positive(first_deviation, "the first deviation");
  demand_positive(second_deviation, "the second deviation");
  const double variance = first_deviation * first_deviation + second_deviation * second_deviation;
  return size_of(variance, variance, effect, level);
}

}  // namespace mlops::stats
