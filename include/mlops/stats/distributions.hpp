// The probability distributions behind tests and intervals, to nearly the precision of a double.
//
// A tail keeps its relative precision however small it is: ask for the tail (`_sf`, P(X > x)) instead of subtracting
// a `_cdf` (P(X <= x)) from 1. An argument that is NaN, or a parameter outside what is said here, gives NaN.
#pragma once

#include <cstdint>

namespace mlops::stats {

double normal_cdf(double z);
double normal_sf(double z);
// P(|Z| >= |z|).
double normal_two_sided(double z);
// Infinite for p of 0 and 1.
double normal_quantile(double p);

// I_x(a, b), the share of a beta distribution below x; a and b above 0, x in [0, 1].
// Source: the continued fraction of DiDonato and Morris, "Significant Digit Computation of the Incomplete Beta Function
// Ratios" (1992); its factor by Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000), which keeps
// its digits for large a and b.
double regularised_beta(double a, double b, double x);
double beta_quantile(double a, double b, double p);

// P(a, x) and Q(a, x) = 1 - P(a, x); a above 0, x from 0. Source: DLMF 8.11.4 and 8.9.2.
double regularised_gamma_p(double a, double x);
double regularised_gamma_q(double a, double x);

// Degrees of freedom above 0; infinite ones give the normal distribution.
double student_cdf(double t, double degrees);
double student_sf(double t, double degrees);
// P(|T| >= |t|).
double student_two_sided(double t, double degrees);
double student_quantile(double p, double degrees);

double chi_square_cdf(double x, double degrees);
double chi_square_sf(double x, double degrees);
double f_sf(double x, double numerator_degrees, double denominator_degrees);

// Successes in `trials` trials of chance p; trials from 0, p in [0, 1].
double binomial_pmf(std::int64_t successes, std::int64_t trials, double p);
double binomial_cdf(std::int64_t successes, std::int64_t trials, double p);
double binomial_sf(std::int64_t successes, std::int64_t trials, double p);
// The smallest number of successes whose cdf is at least q; q in [0, 1].
std::int64_t binomial_quantile(double q, std::int64_t trials, double p);

// Marked items among `draws` without replacement from `total` items of which `marked` are marked.
double hypergeometric_pmf(std::int64_t found, std::int64_t draws, std::int64_t marked, std::int64_t total);

// The limit of sqrt(n) D for the Kolmogorov-Smirnov statistic D, P(K > x). For two samples n is n m / (n + m).
// Source: Marsaglia, Tsang, Wang, "Evaluating Kolmogorov's Distribution" (2003), for both series.
double kolmogorov_sf(double x);

// P(D > d) for so many rows, by the limit with two corrections; rows above 0. Of 5,000 rows and p above 1/10,000 it is
// right to a thousandth of itself, where the limit is off by hundredths.
// Source: Vrbik, "Small-Sample Corrections to Kolmogorov-Smirnov Test Statistic" (2018).
double kolmogorov_finite_sf(double d, double rows);

// P(D >= d) for two samples of n and m rows from one continuous distribution, exact: the chance that a path from
// (0, 0) to (n, m) leaves the band |i/n - j/m| < d. Time grows with the band's share of n m, which is at most 10^10.
// Source: Hodges, "The Significance Probability of the Smirnov Two-Sample Test" (1958).
double two_sample_ks_sf(double d, std::int64_t n, std::int64_t m);

}  // namespace mlops::stats
