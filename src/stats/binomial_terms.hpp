// Densities that keep their digits for large counts, where differences of log-gamma functions lose them.
// Source: Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
#pragma once

namespace mlops::stats {

// ln Γ(x), x above 0. std::lgamma writes a global variable, which threads must not share.
double log_gamma(double x);

// ln Γ(n + 1) less Stirling's formula for it, (n + 1/2) ln n - n + ln(2π) / 2; n above 0.
double stirling_error(double n);

// x ln(x / mean) + mean - x: how far a count is from its mean, as a share of likelihood; both above 0.
double deviance(double x, double mean);

// Γ(a + b + 1) / (Γ(a + 1) Γ(b + 1)) x^a y^b with y = 1 - x; a and b from 0, not both 0.
double binomial_term(double a, double b, double x, double y);

// x^a e^-x / Γ(a + 1); a from 0, x above 0.
double poisson_term(double a, double x);

// I_x(a, b) with y = 1 - x given apart, for x so close to 1 that 1 - x has no digits left.
double beta_share(double a, double b, double x, double y);

}  // namespace mlops::stats
