// Permutation importance: what a metric loses when one column is shuffled. Source: Breiman, "Random Forests" (2001),
// and Fisher, Rudin and Dominici, "All Models are Wrong, but Many are Useful" (2019); the figures are scikit-learn's
// permutation_importance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <mlops/stats/interval.hpp>

namespace mlops::stats {

// The numbers from 0 below `rows` in a random order (Fisher and Yates), the same for the same seed everywhere.
std::vector<std::size_t> shuffled_order(std::size_t rows, std::uint64_t seed);

// The seed of one shuffle of one column, so that neither other columns nor other repeats change it: the first eight
// bytes, most significant first, of the SHA-256 of "SEED REPEAT COLUMN" in decimal and UTF-8.
std::uint64_t shuffle_seed(std::uint64_t seed, std::size_t repeat, std::string_view column);

struct Importance {
  double mean = 0;
  double deviation = 0;              // of the repeats, over their number: scikit-learn's importances_std
  std::optional<Interval> interval;  // of the mean, by Student's t over the repeats; nullopt for a single one
};
// Of what each repeat lost, at least one; else Error{usage}.
Importance importance_of(std::span<const double> lost, double confidence = 0.95);

// Spearman's rank correlation, equal values with their mean rank. NaN for fewer than two values and where all are
// equal. Lists of different lengths are Error{usage}.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace mlops::stats
