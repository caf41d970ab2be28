#include "binomial_terms.hpp"

#include <cmath>
#include <numbers>

namespace mlops::stats {
namespace {

// From here on five terms of Stirling's series are exact to a double.
constexpr double stirling_series_from = 15;

constexpr double two_pi = 2 * std::numbers::pi;

}  // namespace

double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

double stirling_error(double n) {
  if (n < stirling_series_from) return log_gamma(n + 1) - (n + 0.5) * std::log(n) + n - 0.5 * std::log(two_pi);
  const double square = n * n;
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square) / n;
}

double deviance(double x, double mean) {
  if (std::abs(x - mean) >= 0.1 * (x + mean)) return x * std::log(x / mean) + mean - x;
  // Near the mean the terms cancel: the series of ln((1 + v) / (1 - v)) has what is left.
  const double v = (x - mean) / (x + mean);
  double sum = (x - mean) * v;
  double power = 2 * x * v;
  for (int odd = 3; odd < 200; odd += 2) {
    power *= v * v;
    const double next = sum + power / odd;
    if (!(std::abs(next - sum) > 0)) break;
    sum = next;
  }
  return sum;
}

double binomial_term(double a, double b, double x, double y) {
  if (x <= 0) return a > 0 ? 0 : 1;
  if (y <= 0) return b > 0 ? 0 : 1;
  const double n = a + b;
  // A power alone; ln(1 - x) by the smaller of x and y.
  if (!(a > 0)) return std::exp(n * (x < y ? std::log1p(-x) : std::log(y)));
  if (!(b > 0)) return std::exp(n * (y < x ? std::log1p(-y) : std::log(x)));
  const double exponent =
      stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
  return std::exp(exponent) * std::sqrt(n / (two_pi * a) / b);
}

double poisson_term(double a, double x) {
  if (!(a > 0)) return std::exp(-x);
  return std::exp(-stirling_error(a) - deviance(a, x)) / std::sqrt(two_pi * a);
}

}  // namespace mlops::stats
