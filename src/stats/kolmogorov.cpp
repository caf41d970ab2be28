#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include <mlops/stats/distributions.hpp>

namespace mlops::stats {
namespace {

// Where the two series need equally few terms.
constexpr double series_meet = 1.0;

// Half a minute of steps.
constexpr double most_pairs = 1e10;

// 2 Σ (-1)^(k-1) exp(-2 k² x²), for large x.
double kolmogorov_tail(double x) {
  double sum = 0;
  double sign = 1;
  for (int k = 1; k < 100; ++k) {
    const double term = std::exp(-2.0 * k * k * x * x);
    sum += sign * term;
    sign = -sign;
    if (term <= sum * std::numeric_limits<double>::epsilon()) break;
  }
  return 2 * sum;
}

// √(2π) / x Σ exp(-(2k - 1)² π² / (8 x²)), for small x.
double kolmogorov_body(double x) {
  double sum = 0;
  for (int odd = 1; odd < 200; odd += 2) {
    const double angle = odd * std::numbers::pi / x;
    const double term = std::exp(-angle * angle / 8);
    sum += term;
    if (term <= sum * std::numeric_limits<double>::epsilon()) break;
  }
  return std::sqrt(2 * std::numbers::pi) / x * sum;
}

}  // namespace

double kolmogorov_sf(double x) {
  if (std::isnan(x)) return x;
  if (x <= 0) return 1;
  return x < series_meet ? 1 - kolmogorov_body(x) : kolmogorov_tail(x);
}

double kolmogorov_finite_sf(double d, double rows) {
  if (!(rows > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const double root = std::sqrt(rows);
  const double x = root * d;
  return kolmogorov_sf(x + 1 / (6 * root) + (x - 1) / (4 * rows));
}

double two_sample_ks_sf(double d, std::int64_t n, std::int64_t m) {
  if (std::isnan(d) || n < 1 || m < 1) return std::numeric_limits<double>::quiet_NaN();
  if (static_cast<double>(n) * static_cast<double>(m) > most_pairs) return std::numeric_limits<double>::quiet_NaN();
  if (d <= 0) return 1;
  if (n < m) std::swap(n, m);
  // In whole steps of 1 / lcm(n, m), which D is a multiple of: |i/n - j/m| is |i across - j up| of them.
  const std::int64_t divisor = std::gcd(n, m);
  const std::int64_t across = m / divisor;
  const std::int64_t up = n / divisor;
  const double limit = std::ceil(d * static_cast<double>(n) * static_cast<double>(across) - 1e-6);
  if (limit < 1) return 1;
  if (limit > static_cast<double>(n) * static_cast<double>(across)) return 0;
  const auto reach = static_cast<std::int64_t>(limit);
  // left[j]: the chance that a path which comes by (i, j) left the band on its way. Outside it is 1.
  std::vector<double> left(static_cast<std::size_t>(m) + 1, 1.0);
  for (std::int64_t i = 0; i <= n; ++i) {
    const std::int64_t centre = i * across;
    const std::int64_t first = centre < reach ? 0 : (centre - reach) / up + 1;
    const std::int64_t last = std::min(m, (centre + reach - 1) / up);
    if (first > 0 && first <= m + 1) left[static_cast<std::size_t>(first - 1)] = 1;
    for (std::int64_t j = first; j <= last; ++j) {
      double& chance = left[static_cast<std::size_t>(j)];
      if (i + j == 0) {
        chance = 0;
        continue;
      }
      const double from_left = static_cast<double>(i) / static_cast<double>(i + j);
      const double before = j > 0 ? left[static_cast<std::size_t>(j - 1)] : 0;
      chance = from_left * chance + (1 - from_left) * before;
    }
  }
  return left[static_cast<std::size_t>(m)];
}

}  // namespace mlops::stats
