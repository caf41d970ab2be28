#include <mlops/stats/paired_proportions.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

// Shares of rows that only one of the two gets right.
struct DiscordantShares {
  double first = 0;
  double second = 0;
  double rows = 0;
};

// How many standard errors what was seen lies above a difference `delta`, with the variance that is likeliest under it.
double tango_score(const DiscordantShares& seen, double delta) {
  // The likeliest share of rows that only the first gets right solves 2 q² + b q + c = 0.
  const double b = -seen.first - seen.second + (2 - seen.second + seen.first) * delta;
  const double c = -seen.first * delta * (1 - delta);
  const double root = std::sqrt(std::max(0.0, b * b - 8 * c));
  const double q = b > 0 ? -2 * c / (b + root) : 0.25 * (root - b);
  const double variance = (2 * q + delta * (1 - delta)) / seen.rows;
  const double distance = seen.second - seen.first - delta;
  if (variance > 0) return distance / std::sqrt(variance);
  return std::abs(distance) > 0 ? std::copysign(std::numeric_limits<double>::infinity(), distance) : 0;
}

// Where the score, which falls with delta, passes `wanted`.
double delta_of_score(const DiscordantShares& seen, double wanted, double low, double high) {
  constexpr int halvings = 100;
  for (int i = 0; i < halvings && low < high; ++i) {
    const double middle = 0.5 * (low + high);
    (tango_score(seen, middle) > wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

void demand_discordant(const Discordant& discordant, std::int64_t rows) {
  demand_count(rows, "the number of rows");
  demand_count(discordant.only_first, "the rows that only the first gets right");
  demand_count(discordant.only_second, "the rows that only the second gets right");
  if (discordant.only_first + discordant.only_second <= rows) return;
  throw Error{ErrorKind::usage, fmt::format("{} and {} discordant rows of {} are too many", discordant.only_first,
                                            discordant.only_second, rows)};
}

DiscordantShares shares_of_rows(const Discordant& discordant, std::int64_t rows) {
  const auto n = static_cast<double>(rows);
  return {.first = static_cast<double>(discordant.only_first) / n,
          .second = static_cast<double>(discordant.only_second) / n,
          .rows = n};
}

}  // namespace

Estimate paired_difference(const Discordant& discordant, std::int64_t rows, double confidence) {
  demand_confidence(confidence);
  demand_discordant(discordant, rows);
  Estimate estimate{.value = std::numeric_limits<double>::quiet_NaN(), .interval = {.low = -1, .high = 1}};
  estimate.count = rows;
  if (rows == 0) return estimate;
  const DiscordantShares seen = shares_of_rows(discordant, rows);
  estimate.value = seen.second - seen.first;
  const double z = -normal_quantile(0.5 * (1 - confidence));
  estimate.interval = {.low = delta_of_score(seen, z, -1, estimate.value),
                       .high = delta_of_score(seen, -z, estimate.value, 1)};
  return estimate;
}

double paired_difference_p(const Discordant& discordant, std::int64_t rows, double difference) {
  demand_discordant(discordant, rows);
  if (rows == 0) return 1;
  if (std::abs(difference) > 1) return 0;
  return normal_two_sided(tango_score(shares_of_rows(discordant, rows), difference));
}

}  // namespace mlops::stats
