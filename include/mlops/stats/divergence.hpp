// How far apart two distributions are that were counted into the same bins (bins.hpp), or over the same categories.
//
// Every function takes the counts of the reference and of the current data, bin by bin. Both are scaled to shares p
// (reference) and q (current) that add up to 1. Bins that are empty in both never matter.
// Throws Error{usage} when the two are not of the same length, or when one of them has no rows at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mlops::stats {

using BinCounts = std::span<const std::uint64_t>;

// Half the sum of |p - q|: the share of rows that would have to change. 0 to 1.
double total_variation(BinCounts reference, BinCounts current);
// The largest |p - q|. 0 to 1.
double l_infinity(BinCounts reference, BinCounts current);
// The bin of the largest |p - q|; of equals, the first.
std::size_t most_changed(BinCounts reference, BinCounts current);
// sqrt(1 - sum of sqrt(p q)), computed without that cancellation. 0 to 1.
double hellinger(BinCounts reference, BinCounts current);
// The largest |a - b| / (A + B) of the counts themselves, A and B their sums: as TFDV defines it, it also grows
// when there are just more rows.
double normalised_absolute_difference(BinCounts reference, BinCounts current);

// The unit of information: nats (base e), or bits (base 2), in which Jensen-Shannon ends at 1.
enum class Information { nats, bits };
// The mean of KL(p || m) and KL(q || m), m = (p + q) / 2. Source: Lin, "Divergence Measures Based on the Shannon
// Entropy" (1991).
double jensen_shannon_divergence(BinCounts reference, BinCounts current, Information unit = Information::nats);
// Its square root, which is a metric; scipy's `jensenshannon` (base e unless told otherwise).
double jensen_shannon_distance(BinCounts reference, BinCounts current, Information unit = Information::nats);

// An empty bin would make a logarithm infinite: shares below the floor count as the floor, without scaling the others
// again. The floor decides how much a new category weighs, so it belongs into every record of a PSI.
inline constexpr double default_floor = 1e-4;

// KL(p || q) = sum of p ln(p / q), in nats. With a floor of 0 it is infinite when a bin has emptied.
double kullback_leibler(BinCounts reference, BinCounts current, double floor = default_floor);
// Population stability index: sum of (q - p) ln(q / p).
double psi(BinCounts reference, BinCounts current, double floor = default_floor);

// The customary bands of PSI: below 0.1, below 0.25, and from there. They are folklore: few rows pass them without
// any change, see psi_null_bound.
enum class PsiBand { stable, moderate, major };
PsiBand band_of_psi(double value);
std::string_view name_of(PsiBand band);

// The bins that are not empty in both.
std::size_t bins_in_use(BinCounts reference, BinCounts current);
// What PSI stays below in 95 of 100 draws of n and m rows from one distribution over `bins` bins:
// (1/n + 1/m) times the 95 % point of chi-square with bins - 1 degrees of freedom. Infinite without rows.
// Source: Yurdakul, "Statistical Properties of Population Stability Index" (2018).
double psi_null_bound(std::size_t bins, std::uint64_t reference_rows, std::uint64_t current_rows);
// The same for the Jensen-Shannon distance in nats, whose square is an eighth of PSI to second order. Where bins have
// too few rows for that, by drawing pairs of samples from both data taken together, the same at every call.
double jensen_shannon_null_bound(BinCounts reference, BinCounts current);
// The same for L-infinity, from the normal approximation of every share's change, and Bonferroni's inequality over the
// bins in use; so it is on the safe side.
double l_infinity_null_bound(BinCounts reference, BinCounts current);

struct ChiSquare {
  double statistic = 0;
  std::uint64_t degrees = 0;  // of freedom
  double p = 1;
};
// Does the current data fit the reference's shares, taken as exact? Pearson's statistic with k - 1 degrees. A category
// that the reference has never seen gives an infinite statistic and a p of 0.
ChiSquare chi_square_fit(BinCounts reference, BinCounts current);
// Are both drawn from one distribution? Pearson's statistic of the 2 x k table, without a continuity correction. This
// is the question of drift: it does not take the reference's own noise for a change, as chi_square_fit does.
ChiSquare chi_square_homogeneity(BinCounts reference, BinCounts current);

}  // namespace mlops::stats
