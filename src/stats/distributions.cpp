#include <mlops/stats/distributions.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "binomial_terms.hpp"
#include "quantile.hpp"

namespace mlops::stats {
namespace {

constexpr double not_defined = std::numeric_limits<double>::quiet_NaN();
constexpr double no_bound = std::numeric_limits<double>::infinity();

bool is_share(double p) { return p >= 0 && p <= 1; }

double normal_density(double z) { return std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2; }

// P(|T| >= |t|), by x = ν / (ν + t²) and 1 - x, each from where it has its digits.
double student_tails(double t, double degrees) {
  const double ratio = t / std::sqrt(degrees);
  if (std::isinf(ratio)) return 0;
  const double square = ratio * ratio;
  if (square <= 1) return beta_share(0.5 * degrees, 0.5, 1 / (1 + square), square / (1 + square));
  const double inverse = 1 / ratio / ratio;
  return beta_share(0.5 * degrees, 0.5, inverse / (1 + inverse), 1 / (1 + inverse));
}

double student_density(double t, double degrees) {
  const double factor = std::exp(log_gamma(0.5 * (degrees + 1)) - log_gamma(0.5 * degrees));
  return factor / std::sqrt(degrees * std::numbers::pi) * std::exp(-0.5 * (degrees + 1) * std::log1p(t * t / degrees));
}

// The t above 0 with P(T > t) = tail, tail below 1/2. Found on the scale of logarithms, where tails are nearly
// straight.
double student_upper(double tail, double degrees) {
  Bracket bracket{.low = 0, .high = 1, .start = 0};
  while (0.5 * student_tails(bracket.high, degrees) > tail) {
    bracket.low = bracket.high;
    bracket.high *= 2;
    if (std::isinf(bracket.high)) return no_bound;
  }
  bracket.start = std::clamp(-normal_quantile(tail), bracket.low, bracket.high);
  const auto rises = [degrees](double t) { return -std::log(0.5 * student_tails(t, degrees)); };
  const auto slope = [degrees](double t) { return student_density(t, degrees) / (0.5 * student_tails(t, degrees)); };
  return solve_rising(rises, slope, -std::log(tail), bracket);
}

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_sf(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

double normal_two_sided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

// A start by Abramowitz and Stegun, 26.2.23, which is off by at most 0.00045, and steps of Halley's method from there.
double normal_quantile(double p) {
  if (!is_share(p)) return not_defined;
  if (p <= 0) return -no_bound;
  if (p >= 1) return no_bound;
  if (p > 0.5) return -normal_quantile(1 - p);
  if (p >= 0.5) return 0;
  const double t = std::sqrt(-2 * std::log(p));
  double z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  constexpr int steps = 3;
  for (int step = 0; step < steps; ++step) {
    const double miss = (normal_cdf(z) - p) / normal_density(z);
    if (!std::isfinite(miss)) break;  // the density of the last 10^-310 underflows
    z -= miss / (1 + 0.5 * miss * z);
  }
  return z;
}

double student_two_sided(double t, double degrees) {
  if (std::isnan(t) || !(degrees > 0)) return not_defined;
  return std::isinf(degrees) ? normal_two_sided(t) : student_tails(t, degrees);
}

double student_sf(double t, double degrees) {
  const double tail = 0.5 * student_two_sided(t, degrees);
  return t > 0 ? tail : 1 - tail;
}

double student_cdf(double t, double degrees) { return student_sf(-t, degrees); }

double student_quantile(double p, double degrees) {
  if (!is_share(p) || !(degrees > 0)) return not_defined;
  if (std::isinf(degrees)) return normal_quantile(p);
  if (p <= 0) return -no_bound;
  if (p >= 1) return no_bound;
  if (p < 0.5) return -student_upper(p, degrees);
  return p > 0.5 ? student_upper(1 - p, degrees) : 0;
}

double chi_square_cdf(double x, double degrees) {
  return std::isnan(x) ? not_defined : regularised_gamma_p(0.5 * degrees, 0.5 * std::max(x, 0.0));
}

double chi_square_sf(double x, double degrees) {
  return std::isnan(x) ? not_defined : regularised_gamma_q(0.5 * degrees, 0.5 * std::max(x, 0.0));
}

double f_sf(double x, double numerator_degrees, double denominator_degrees) {
  const double a = 0.5 * numerator_degrees;
  const double b = 0.5 * denominator_degrees;
  if (std::isnan(x) || !(a > 0) || !(b > 0) || std::isinf(a) || std::isinf(b)) return not_defined;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  const double ratio = b / a / x;
  return std::isinf(ratio) ? 1 : beta_share(b, a, ratio / (1 + ratio), 1 / (1 + ratio));
}

double binomial_pmf(std::int64_t successes, std::int64_t trials, double p) {
  if (trials < 0 || !is_share(p)) return not_defined;
  if (successes < 0 || successes > trials) return 0;
  return binomial_term(static_cast<double>(successes), static_cast<double>(trials - successes), p, 1 - p);
}

double binomial_cdf(std::int64_t successes, std::int64_t trials, double p) {
  if (trials < 0 || !is_share(p)) return not_defined;
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return beta_share(static_cast<double>(trials - successes), static_cast<double>(successes) + 1, 1 - p, p);
}

double binomial_sf(std::int64_t successes, std::int64_t trials, double p) {
  if (trials < 0 || !is_share(p)) return not_defined;
  if (successes < 0) return 1;
  if (successes >= trials) return 0;
  return beta_share(static_cast<double>(successes) + 1, static_cast<double>(trials - successes), p, 1 - p);
}

// A cdf that equals q in truth may come out a rounding below it.
std::int64_t binomial_quantile(double q, std::int64_t trials, double p) {
  const double reached = q * (1 - 1e-14);
  std::int64_t low = 0;
  std::int64_t high = std::max<std::int64_t>(trials, 0);
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (binomial_cdf(middle, trials, p) >= reached) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

double hypergeometric_pmf(std::int64_t found, std::int64_t draws, std::int64_t marked, std::int64_t total) {
  if (draws < 0 || marked < 0 || draws > total || marked > total) return not_defined;
  const std::int64_t plain = total - marked;
  if (found < 0 || found > draws || found > marked || draws - found > plain) return 0;
  if (total == 0) return 1;
  // Two independent binomial draws, given their sum; any chance would do, and this one keeps the terms large.
  const auto term = [draws, total](std::int64_t successes, std::int64_t failures) {
    const auto size = static_cast<double>(total);
    return binomial_term(static_cast<double>(successes), static_cast<double>(failures),
                         static_cast<double>(draws) / size, static_cast<double>(total - draws) / size);
  };
  return term(found, marked - found) * term(draws - found, plain - (draws - found)) / term(draws, total - draws);
}

}  // namespace mlops::stats
