// Whether two classifiers err equally often on the same rows.
#pragma once

#include <cstdint>

namespace mlops::stats {

// The rows that only one of the two gets right; the others say nothing about the difference.
struct Discordant {
  std::int64_t only_first = 0;
  std::int64_t only_second = 0;
};

// From here upwards the chi-square test is near enough; below, only the exact one is.
constexpr std::int64_t mcnemar_exact_up_to = 25;

// Source: McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions" (1947), with Edwards'
// correction for continuity (1948); mid-p as in Fagerland, Lydersen, Laake, "The McNemar Test for Binary
// Matched-Pairs Data" (2013). All p are two-sided; without discordant rows they are 1.
struct McNemar {
  double statistic = 0;    // (|b - c| - 1)² / (b + c), of one degree of freedom
  double corrected_p = 1;  // its p
  double exact_p = 1;      // of the binomial distribution of min(b, c)
  double mid_p = 1;        // exact_p less half the chance of what was seen: less conservative
  bool exact = true;       // which of exact_p and corrected_p is p_value
  double p_value = 1;
};

// Counts from 0 to 10^15; others: Error{usage}.
McNemar mcnemar(const Discordant& rows);

}  // namespace mlops::stats
