// Whether paired differences lie around 0, by their ranks: for losses whose size means little, or has far outliers.
#pragma once

#include <cstdint>
#include <span>

namespace mlops::stats {

struct Wilcoxon {
  std::int64_t count = 0;     // differences other than 0
  double positive_ranks = 0;  // sum of the ranks of those above 0
  double negative_ranks = 0;
  double statistic = 0;  // the smaller of the two sums
  bool exact = false;    // by counting all signs instead of the normal distribution
  double p_value = 1;    // two-sided
  double p_greater = 1;  // one-sided: that the differences lie above 0
  double p_less = 1;
};

// The signed-rank test, as scipy has it: differences of 0 are dropped; exact for at most 50 differences, none of which
// is 0 or tied with another in size; otherwise the normal distribution with its variance corrected for ties, and with
// half a step towards the middle if `continuity`. With nothing but zeros all p are 1.
// Source: Wilcoxon, "Individual Comparisons by Ranking Methods" (1945); Hollander and Wolfe (1999), 3.1.
// Error{usage}: a difference that is not finite.
Wilcoxon wilcoxon_signed_rank(std::span<const double> differences, bool continuity = false);

}  // namespace mlops::stats
