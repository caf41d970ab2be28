// How far apart two samples of numbers are: exactly from the values, or between two bounds from binned counts.
//
// NaN is no number and is left out. Throws Error{usage} when a sample has nothing left.
#pragma once

#include <cstdint>
#include <span>

#include <mlops/stats/bins.hpp>
#include <mlops/stats/interval.hpp>

namespace mlops::stats {

struct KolmogorovSmirnov {
  double statistic = 0;  // D, the largest distance between the two empirical distribution functions
  double location = 0;   // the smallest value at which they are that far apart
  double p = 1;       // of a D this large when both samples come from one continuous distribution; ties make it larger
  bool exact = true;  // else p is the one-sample distribution's at n m / (n + m) rows
};

enum class KsMethod {
  automatic,   // exact up to 10,000 rows in the larger sample, as scipy's `ks_2samp` decides
  exact,       // time grows with n m
  asymptotic,  // in the time of sorting
};

// Two-sided, two samples. Infinite values are ordered like any others.
KolmogorovSmirnov ks_two_sample(std::span<const double> reference, std::span<const double> current,
                                KsMethod method = KsMethod::automatic);

// P(D_n > d) for one sample of n rows and a continuous distribution. Sources: Marsaglia, Tsang and Wang, "Evaluating
// Kolmogorov's Distribution" (2003); Simard and L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov Distribution"
// (2011), which says where which formula is precise; Pelz and Good (1976) for many rows.
double one_sample_ks_sf(double d, std::uint64_t rows);

// A sample whose values weigh differently; no weights means 1 each. Weights are finite, none is negative, and one of
// them is positive; else Error{usage}.
struct WeightedSample {
  std::span<const double> values;
  std::span<const double> weights = {};
};

// The 1-Wasserstein or earth mover's distance, the area between the two distribution functions, in the unit of the
// values. Infinite values are left out, for any share of them would be infinitely far; bins count them.
double wasserstein(const WeightedSample& reference, const WeightedSample& current);

// Divided by the reference's standard deviation (of its finite values, with n in the denominator), so that columns in
// different units compare. Of a constant reference, 0 when nothing moved and infinite otherwise.
double normalised_wasserstein(std::span<const double> reference, std::span<const double> current);
double standard_deviation(std::span<const double> values);

// Between these lies the statistic of the values themselves, which only their counts in the reference's bins are known
// of. NaN and missing values are left out, as above. Throws Error{usage} when the bins differ or are of texts.
// Within an interval bin each distribution function may rise anywhere, so D is at least the largest distance at a
// bin's edge, and can exceed it only inside a bin, by no more than that bin's mass.
Interval ks_bounds(const Histogram& reference, const Histogram& current);
// The area likewise: an interval bin adds its width times a distance that is known up to the bin's masses. The
// outermost bins end at the smallest and largest value seen; with infinite values there the upper bound is infinite.
Interval wasserstein_bounds(const Histogram& reference, const Histogram& current);

}  // namespace mlops::stats
