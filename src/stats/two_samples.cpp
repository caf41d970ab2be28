#include <mlops/stats/two_samples.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <mlops/stats/distributions.hpp>

#include "finite_values.hpp"

namespace mlops::stats {

namespace {

constexpr std::size_t most_rows_for_exact = 10'000;

struct LargestGap {
  std::uint64_t steps = 0;  // |i m - j n|, which is D n m without rounding
  double location = 0;
};

LargestGap largest_gap(const std::vector<double>& a, const std::vector<double>& b) {
  LargestGap gap;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const double value = j == b.size() || (i < a.size() && a[i] < b[j]) ? a[i] : b[j];
    while (i < a.size() && a[i] <= value) ++i;
    while (j < b.size() && b[j] <= value) ++j;
    const std::uint64_t before = std::uint64_t{i} * b.size();
    const std::uint64_t after = std::uint64_t{j} * a.size();
    const std::uint64_t steps = std::max(before, after) - std::min(before, after);
    if (steps > gap.steps) gap = {.steps = steps, .location = value};
  }
  return gap;
}

}  // namespace

KolmogorovSmirnov ks_two_sample(std::span<const double> reference, std::span<const double> current, KsMethod method) {
  const std::vector<double> a = sorted_numbers(reference, "reference");
  const std::vector<double> b = sorted_numbers(current, "current");
  const LargestGap gap = largest_gap(a, b);
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  KolmogorovSmirnov result{.statistic = static_cast<double>(gap.steps) / (n * m), .location = gap.location};
  const bool is_small = std::max(a.size(), b.size()) <= most_rows_for_exact;
  result.exact = method == KsMethod::exact || (method == KsMethod::automatic && is_small);
  if (gap.steps == 0) {
    result.location = a.front();
    return result;
  }
  result.p =
      result.exact
          ? two_sample_ks_sf(result.statistic, static_cast<std::int64_t>(a.size()), static_cast<std::int64_t>(b.size()))
          : one_sample_ks_sf(result.statistic, static_cast<std::uint64_t>(std::nearbyint(n * m / (n + m))));
  return result;
}

}  // namespace mlops::stats
