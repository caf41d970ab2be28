// p-values of several questions asked at once, adjusted so that each may be held against the same level.
// One adjusted p a p, in the same order, at most 1; none for none. Error{usage}: a p outside [0, 1], or NaN.
#pragma once

#include <span>
#include <vector>

namespace mlops::stats {

// The chance of any false alarm at all stays below the level; Holm's is never larger than Bonferroni's.
// Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979).
std::vector<double> bonferroni(std::span<const double> p_values);
std::vector<double> holm(std::span<const double> p_values);

// The share of false alarms among all alarms stays below the level.
// Source: Benjamini and Hochberg, "Controlling the False Discovery Rate" (1995).
std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace mlops::stats
