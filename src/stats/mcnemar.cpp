#include <mlops/stats/mcnemar.hpp>

#include <algorithm>
#include <cmath>

#include <mlops/stats/distributions.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {

McNemar mcnemar(const Discordant& rows) {
  demand_count(rows.only_first, "the rows that only the first gets right");
  demand_count(rows.only_second, "the rows that only the second gets right");
  const std::int64_t total = rows.only_first + rows.only_second;
  McNemar test;
  if (total == 0) return test;
  const std::int64_t fewer = std::min(rows.only_first, rows.only_second);
  const auto distance = static_cast<double>(total - 2 * fewer);
  // Equal counts are as near to equal as can be, not one step beyond.
  const double corrected = std::max(0.0, distance - 1);
  test.statistic = corrected * corrected / static_cast<double>(total);
  test.corrected_p = chi_square_sf(test.statistic, 1);
  const double tail = binomial_cdf(fewer, total, 0.5);
  test.exact_p = std::min(1.0, 2 * tail);
  test.mid_p = std::min(1.0, 2 * tail - binomial_pmf(fewer, total, 0.5));
  test.exact = total <= mcnemar_exact_up_to;
  test.p_value = test.exact ? test.exact_p : test.corrected_p;
  return test;
}

}  // namespace mlops::stats
