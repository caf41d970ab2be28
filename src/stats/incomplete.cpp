// The incomplete beta and gamma functions, from which most distributions follow.
#include <algorithm>
#include <cmath>
#include <limits>

#include <mlops/stats/distributions.hpp>

#include "binomial_terms.hpp"
#include "quantile.hpp"

namespace mlops::stats {
namespace {

constexpr double outside_domain = std::numeric_limits<double>::quiet_NaN();
constexpr double fraction_precision = std::numeric_limits<double>::epsilon();
constexpr double as_good_as_zero = 1e-300;
// Steps grow with the square root of the parameters: enough for counts of 10^13.
constexpr int most_fraction_steps = 20'000'000;

double away_from_zero(double value) { return std::abs(value) < as_good_as_zero ? as_good_as_zero : value; }

// How far x lies below the mean, times a + b, from the smaller of x and y = 1 - x.
double below_mean(double a, double b, double x, double y) { return a <= b ? a - (a + b) * x : (a + b) * y - b; }

// The continued fraction of DiDonato and Morris by the modified Lentz method, for x below the mean. Its terms don't
// cancel, unlike those of the better known fraction, of which it is the even part.
double beta_fraction(double a, double b, double x, double y) {
  const double below = below_mean(a, b, x, y);
  double c = a / (a + 1) * (below + 1);
  double value = c;
  double d = 0;
  for (int n = 1; n < most_fraction_steps; ++n) {
    const double odd = a + 2.0 * n - 1;
    const double product = n * (b - n) * x;
    const double numerator = (a + n - 1) / odd * ((a + b + n - 1) / odd) * product * x;
    const double denominator = n + product / odd + (a + n) / (odd + 2) * (below + 1 + n * (1 + y));
    d = 1 / away_from_zero(denominator + numerator * d);
    c = away_from_zero(denominator + numerator / c);
    value *= d * c;
    if (std::abs(d * c - 1) <= fraction_precision) break;
  }
  return 1 / value;
}

// P(a, x) by its series (DLMF 8.11.4), for x below about a.
double gamma_series(double a, double x) {
  double term = 1;
  double sum = 1;
  for (int n = 1; n < most_fraction_steps; ++n) {
    term *= x / (a + n);
    sum += term;
    if (term <= sum * fraction_precision) break;
  }
  return sum * poisson_term(a, x);
}

// Q(a, x) by its continued fraction (DLMF 8.9.2), for x above about a.
double gamma_fraction(double a, double x) {
  double b = x + 1 - a;
  double c = 1 / as_good_as_zero;
  double d = 1 / away_from_zero(b);
  double value = d;
  for (int n = 1; n < most_fraction_steps; ++n) {
    const double numerator = -n * (n - a);
    b += 2;
    d = 1 / away_from_zero(numerator * d + b);
    c = away_from_zero(b + numerator / c);
    value *= d * c;
    if (std::abs(d * c - 1) <= fraction_precision) break;
  }
  return value * a * poisson_term(a, x);
}

}  // namespace

double beta_share(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double factor = binomial_term(a, b, x, y) * a / (a + b) * b;
  if (below_mean(a, b, x, y) >= 0) return std::min(1.0, factor * beta_fraction(a, b, x, y));
  return std::max(0.0, 1 - factor * beta_fraction(b, a, y, x));
}

double regularised_beta(double a, double b, double x) {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(x <= 1) || std::isinf(a) || std::isinf(b)) return outside_domain;
  return beta_share(a, b, x, 1 - x);
}

double beta_quantile(double a, double b, double p) {
  if (!(a > 0) || !(b > 0) || !(p >= 0) || !(p <= 1) || std::isinf(a) || std::isinf(b)) return outside_domain;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const auto share = [a, b](double x) { return beta_share(a, b, x, 1 - x); };
  const auto density = [a, b](double x) { return binomial_term(a, b, x, 1 - x) * a * b / (a + b) / (x * (1 - x)); };
  return solve_rising(share, density, p, Bracket{.low = 0, .high = 1, .start = a / (a + b)});
}

double regularised_gamma_p(double a, double x) {
  if (!(a > 0) || !(x >= 0) || std::isinf(a)) return outside_domain;
  if (x <= 0) return 0;
  if (std::isinf(x)) return 1;
  return x < a + 1 ? std::min(1.0, gamma_series(a, x)) : std::max(0.0, 1 - gamma_fraction(a, x));
}

double regularised_gamma_q(double a, double x) {
  if (!(a > 0) || !(x >= 0) || std::isinf(a)) return outside_domain;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return x < a + 1 ? std::max(0.0, 1 - gamma_series(a, x)) : std::min(1.0, gamma_fraction(a, x));
}

}  // namespace mlops::stats
