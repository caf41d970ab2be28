#include <mlops/stats/importance.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/core.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/random.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double squares_about(std::span<const double> values, double mean) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [mean](double sum, double value) { return sum + (value - mean) * (value - mean); });
}

// From 1; equal values share the mean of their ranks.
std::vector<double> mean_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && !(values[order[begin]] < values[order[end]])) ++end;
    const double rank = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

}  // namespace

std::vector<std::size_t> shuffled_order(std::size_t rows, std::uint64_t seed) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random{seed};
  for (std::size_t i = rows; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

std::uint64_t shuffle_seed(std::uint64_t seed, std::size_t repeat, std::string_view column) {
  const Digest digest = sha256(fmt::format("{} {} {}", seed, repeat, column));
  constexpr std::size_t bytes = 8;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = (value << 8u) | digest.bytes().at(i);
  return value;
}

Importance importance_of(std::span<const double> lost, double confidence) {
  if (lost.empty()) throw Error{ErrorKind::usage, "an importance is of one repeat at least"};
  const auto repeats = static_cast<double>(lost.size());
  Importance importance;
  importance.mean = mean_of(lost);
  const double squares = squares_about(lost, importance.mean);
  importance.deviation = std::sqrt(squares / repeats);
  if (lost.size() == 1) return importance;
  const double half =
      student_quantile((1 + confidence) / 2, repeats - 1) * std::sqrt(squares / (repeats - 1) / repeats);
  importance.interval = Interval{.low = importance.mean - half, .high = importance.mean + half};
  return importance;
}

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw Error{ErrorKind::usage, "lists of different lengths have no rank correlation"};
  if (a.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> first = mean_ranks(a);
  const std::vector<double> second = mean_ranks(b);
  const double middle = (static_cast<double>(a.size()) + 1) / 2;
  double products = 0;
  for (std::size_t i = 0; i < first.size(); ++i) products += (first[i] - middle) * (second[i] - middle);
  return products / std::sqrt(squares_about(first, middle) * squares_about(second, middle));
}

}  // namespace mlops::stats
