#include "search/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <set>

#include <fmt/core.h>

#include <mlops/stats/random.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

// The combination with this number, as digits of a number whose last place is the last dimension.
domain::Params combination(const std::vector<domain::Dimension>& space, std::uint64_t number) {
  domain::Params params;
  for (const domain::Dimension& dimension : space | std::views::reverse) {
    const std::uint64_t count = dimension.count().value_or(1);
    params.insert_or_assign(dimension.param, dimension.at(number % count));
    number /= count;
  }
  return params;
}

// ratio^fraction by square roots and products alone. IEEE 754 rounds these the same everywhere, which it does not
// promise of pow, exp and log.
double power_of(double ratio, double fraction) {
  double result = 1;
  constexpr int bits = 53;
  for (int bit = 0; bit < bits; ++bit) {
    ratio = std::sqrt(ratio);
    fraction *= 2;
    if (fraction < 1) continue;
    fraction -= 1;
    result *= ratio;
  }
  return result;
}

// Six digits: enough for any param, and the last bits of a sum (which some machines round once, others twice) are gone.
double rounded_within(double value, const domain::Dimension& range) {
  const double rounded = parse_double(fmt::format("{:.6g}", value)).value_or(value);
  return std::clamp(rounded, range.least, range.most);
}

Json drawn_value(const domain::Dimension& dimension, stats::Random& random) {
  if (const auto count = dimension.count()) return dimension.at(random.below(*count));
  const double fraction = random.uniform();
  double value = 0;
  if (dimension.logarithmic) {
    const double top = dimension.integers ? dimension.most + 1 : dimension.most;
    value = dimension.least * power_of(top / dimension.least, fraction);
  } else {
    value = dimension.least + fraction * (dimension.most - dimension.least);
  }
  if (dimension.integers) return Json{static_cast<std::int64_t>(std::min(std::floor(value), dimension.most))};
  return Json{rounded_within(value, dimension)};
}

domain::Params drawn(const std::vector<domain::Dimension>& space, stats::Random& random) {
  domain::Params params;
  for (const domain::Dimension& dimension : space)
    params.insert_or_assign(dimension.param, drawn_value(dimension, random));
  return params;
}

}  // namespace

std::optional<std::uint64_t> count_combinations(const std::vector<domain::Dimension>& space) {
  constexpr std::uint64_t countless = std::uint64_t{1} << 53;
  std::uint64_t product = 1;
  for (const domain::Dimension& dimension : space) {
    const auto count = dimension.count();
    if (!count || *count > countless / product) return std::nullopt;
    product *= *count;
  }
  return product;
}

std::vector<domain::Params> all_combinations(const std::vector<domain::Dimension>& space) {
  for (const domain::Dimension& dimension : space) {
    if (dimension.count()) continue;
    throw Error{ErrorKind::usage,
                fmt::format("a grid can't hold every number of {}", dimension.text()),
                {fmt::format("`--set {0}=A..B:STEP` or `--set {0}=[A,B,C]` names the values", dimension.param),
                 "`--search random --sample N` draws from the range"}};
  }
  const auto count = count_combinations(space);
  if (!count || *count > most_trials) {
    throw Error{ErrorKind::usage,
                fmt::format("this grid has {} trials, more than {}", count ? fmt::format("{}", *count) : "countless",
                            most_trials),
                {"`--sample N` draws N of them"}};
  }
  std::vector<domain::Params> all;
  for (std::uint64_t number = 0; number < *count; ++number) all.push_back(combination(space, number));
  return all;
}

std::vector<domain::Params> drawn_combinations(const std::vector<domain::Dimension>& space, std::uint64_t count,
                                               std::uint64_t seed) {
  if (count > most_trials)
    throw Error{ErrorKind::usage, fmt::format("`--sample {}` is more than {} trials", count, most_trials)};
  const auto total = count_combinations(space);
  if (total && *total <= count) return all_combinations(space);
  stats::Random random{seed};
  std::vector<domain::Params> trials;
  std::set<std::uint64_t> taken;
  while (trials.size() < count) {
    if (!total) {
      trials.push_back(drawn(space, random));
    } else if (const std::uint64_t number = random.below(*total); taken.insert(number).second) {
      trials.push_back(combination(space, number));
    }
  }
  return trials;
}

}  // namespace mlops::app
