#include <mlops/stats/wilcoxon.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <mlops/stats/distributions.hpp>

#include "comparison_inputs.hpp"
#include "mid_ranks.hpp"

namespace mlops::stats {
namespace {

constexpr std::size_t most_exact = 50;

// The share of all 2^n choices of signs by the sum of the ranks that get a plus: a sum of independent coins.
std::vector<double> rank_sum_chances(std::int64_t n) {
  std::vector<double> chances(static_cast<std::size_t>(n * (n + 1) / 2) + 1, 0.0);
  chances[0] = 1;
  for (std::size_t rank = 1; rank <= static_cast<std::size_t>(n); ++rank) {
    for (std::size_t sum = chances.size(); sum-- > 0;) {
      chances[sum] = 0.5 * (chances[sum] + (sum >= rank ? chances[sum - rank] : 0));
    }
  }
  return chances;
}

void fill_exact(Wilcoxon& test) {
  const std::vector<double> chances = rank_sum_chances(test.count);
  const auto seen = static_cast<std::size_t>(std::llround(test.positive_ranks));
  double below = 0;
  for (std::size_t sum = 0; sum < seen; ++sum) below += chances[sum];
  double above = 0;
  for (std::size_t sum = chances.size() - 1; sum > seen; --sum) above += chances[sum];
  test.p_less = std::min(1.0, below + chances[seen]);
  test.p_greater = std::min(1.0, above + chances[seen]);
  test.p_value = std::min(1.0, 2 * std::min(test.p_less, test.p_greater));
}

void fill_normal(Wilcoxon& test, double tie_term, bool continuity) {
  const auto n = static_cast<double>(test.count);
  const double mean = n * (n + 1) / 4;
  const double deviation = std::sqrt(n * (n + 1) * (2 * n + 1) / 24 - tie_term / 48);
  const double distance = test.positive_ranks - mean;
  const double step = continuity ? 0.5 * static_cast<double>((distance > 0) - (distance < 0)) : 0;
  const double z = (distance - step) / deviation;
  test.p_value = normal_two_sided(z);
  test.p_greater = normal_sf(z);
  test.p_less = normal_cdf(z);
}

}  // namespace

Wilcoxon wilcoxon_signed_rank(std::span<const double> differences, bool continuity) {
  demand_finite(differences, "differences");
  std::vector<double> sizes;
  std::vector<bool> is_positive;
  for (const double difference : differences) {
    if (std::abs(difference) > 0) {
      sizes.push_back(std::abs(difference));
      is_positive.push_back(difference > 0);
    }
  }
  Wilcoxon test{.count = static_cast<std::int64_t>(sizes.size())};
  if (sizes.empty()) return test;
  const MidRanks ranked = mid_ranks(sizes);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    (is_positive[i] ? test.positive_ranks : test.negative_ranks) += ranked.ranks[i];
  }
  test.statistic = std::min(test.positive_ranks, test.negative_ranks);
  test.exact = differences.size() <= most_exact && sizes.size() == differences.size() && !(ranked.tie_term > 0);
  if (test.exact) {
    fill_exact(test);
  } else {
    fill_normal(test, ranked.tie_term, continuity);
  }
  return test;
}

}  // namespace mlops::stats
