#include "replicates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

constexpr std::int64_t most_replicates = 10'000'000;
// More undefined replicates than one in these, and the others no longer stand for the sample.
constexpr std::int64_t undefined_limit = 20;
constexpr double no_end = std::numeric_limits<double>::infinity();

// Between two neighbours by the straight line, as numpy's default.
double quantile_of(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

struct Levels {
  double low = 0;
  double high = 0;
};

// Which quantile of the replicates stands for which of the statistic; without correction they are the same.
struct Correction {
  double bias = 0;
  double acceleration = 0;
};

// The share of replicates below a value, those equal to it counting half.
double share_below(const std::vector<double>& sorted, double value) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
  const auto up_to = std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
  return 0.5 * static_cast<double>(below + up_to) / static_cast<double>(sorted.size());
}

// The levels of the replicates at which BCa's interval ends; none where all of them lie on one side of the statistic,
// or where the acceleration is so large that the levels would turn back.
std::optional<Levels> bca_levels(const Correction& correction, double tail) {
  const double bias = correction.bias;
  const double acceleration = correction.acceleration;
  if (!std::isfinite(bias)) return std::nullopt;
  const auto level = [bias, acceleration](double z) {
    const double stretch = 1 - acceleration * (bias + z);
    return stretch > 0 ? normal_cdf(bias + (bias + z) / stretch) : std::numeric_limits<double>::quiet_NaN();
  };
  const double z = normal_quantile(tail);
  const Levels levels{.low = level(z), .high = level(-z)};
  return levels.low < levels.high ? std::optional{levels} : std::nullopt;
}

// The share of replicates to leave beyond each end.
double tail_of(const BootstrapOptions& options, std::int64_t count) {
  const double tail = 0.5 * (1 - options.confidence);
  if (!options.expanded) return tail;
  const auto n = static_cast<double>(count);
  return normal_cdf(std::sqrt(n / (n - 1)) * student_quantile(tail, n - 1));
}

// bca_levels() and tail_of() read backwards: from the level at which the replicates pass the null value to the tail of
// the interval that ends there.
double p_of_null(const std::vector<double>& sorted, const Correction& correction, const BootstrapOptions& options,
                 std::int64_t count) {
  const double least = 1 / (static_cast<double>(sorted.size()) + 1);
  const double below = std::clamp(share_below(sorted, options.null_value), least, 1 - least);
  const double from_bias = normal_quantile(below) - correction.bias;
  const double stretch = 1 + correction.acceleration * from_bias;
  if (!(stretch > 0)) return 2 * least;
  const double z = from_bias / stretch - correction.bias;
  const auto n = static_cast<double>(count);
  const double tail =
      options.expanded ? student_cdf(-std::abs(z) / std::sqrt(n / (n - 1)), n - 1) : normal_cdf(-std::abs(z));
  return std::clamp(2 * tail, 2 * least, 1.0);
}

void fill_moments(Bootstrap& bootstrap, const std::vector<double>& replicates) {
  const auto n = static_cast<double>(replicates.size());
  double mean = 0;
  for (const double value : replicates) mean += value / n;
  double squares = 0;
  for (const double value : replicates) squares += (value - mean) * (value - mean);
  bootstrap.bias = mean - bootstrap.estimate.value;
  bootstrap.standard_error = n > 1 ? std::sqrt(squares / (n - 1)) : no_end;
}

}  // namespace

std::optional<double> acceleration_of(const std::vector<LeftOut>& jackknife) {
  double times = 0;
  double sum = 0;
  for (const LeftOut& left : jackknife) {
    times += left.times;
    sum += left.times * left.value;
  }
  const double mean = sum / times;
  double squares = 0;
  double cubes = 0;
  for (const LeftOut& left : jackknife) {
    const double influence = mean - left.value;
    squares += left.times * influence * influence;
    cubes += left.times * influence * influence * influence;
  }
  if (!std::isfinite(squares)) return std::nullopt;
  return squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
}

Bootstrap bootstrap_of(double statistic, std::int64_t count, std::vector<double> replicates,
                       const std::function<std::optional<double>()>& acceleration, const BootstrapOptions& options) {
  Bootstrap bootstrap;
  bootstrap.estimate = {.value = statistic, .interval = {.low = -no_end, .high = no_end}, .count = count};
  bootstrap.standard_error = no_end;
  bootstrap.replicates = static_cast<std::int64_t>(replicates.size());
  std::erase_if(replicates, [](double value) { return !std::isfinite(value); });
  bootstrap.undefined = bootstrap.replicates - static_cast<std::int64_t>(replicates.size());
  const bool too_few = bootstrap.undefined * undefined_limit > bootstrap.replicates;
  if (!std::isfinite(statistic) || count < 2 || too_few) return bootstrap;
  std::sort(replicates.begin(), replicates.end());
  fill_moments(bootstrap, replicates);
  const double tail = tail_of(options, count);
  Levels levels{.low = tail, .high = 1 - tail};
  Correction used;
  if (options.interval == BootstrapInterval::bca) {
    const std::optional<double> rate = acceleration();
    const Correction correction{.bias = normal_quantile(share_below(replicates, statistic)),
                                .acceleration = rate.value_or(0)};
    const std::optional<Levels> corrected = rate ? bca_levels(correction, tail) : std::nullopt;
    if (corrected) {
      levels = *corrected;
      used = correction;
      bootstrap.interval = BootstrapInterval::bca;
    }
  }
  bootstrap.p_value = p_of_null(replicates, used, options, count);
  bootstrap.estimate.interval = {.low = quantile_of(replicates, levels.low),
                                 .high = quantile_of(replicates, levels.high)};
  return bootstrap;
}

void demand_bootstrap(const BootstrapOptions& options, std::size_t sample) {
  demand_confidence(options.confidence);
  if (options.replicates < 1 || options.replicates > most_replicates) {
    throw Error{ErrorKind::usage, fmt::format("the number of replicates must be from 1 to {}, and is {}",
                                              most_replicates, options.replicates)};
  }
  if (sample == 0) throw Error{ErrorKind::usage, "a bootstrap needs rows to draw from"};
}

}  // namespace mlops::stats
