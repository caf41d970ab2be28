#include "binomial_draw.hpp"

#include <algorithm>
#include <cmath>

#include "binomial_terms.hpp"

namespace mlops::stats {
namespace {

// Below this mean, walking up from 0 is faster than rejection, which also needs it to be at least 10.
constexpr double rejection_from = 10;

// Walks up the distribution until its sum passes a uniform number. With a mean below 10 no 53-bit number gets to 110.
std::int64_t draw_by_walking(Random& random, std::int64_t trials, double p) {
  const auto n = static_cast<double>(trials);
  const double odds = p / (1 - p);
  const std::int64_t last = std::min<std::int64_t>(trials, 110);
  double chance = std::exp(n * std::log1p(-p));
  double left = random.uniform();
  std::int64_t successes = 0;
  while (left > chance && successes < last) {
    left -= chance;
    ++successes;
    const auto k = static_cast<double>(successes);
    chance *= (n - k + 1) / k * odds;
  }
  return successes;
}

// Transformed rejection with a squeeze, for p up to a half: algorithm BTRS of Hörmann, "The Generation of Binomial
// Random Variates" (1993).
std::int64_t draw_by_rejection(Random& random, std::int64_t trials, double p) {
  const auto n = static_cast<double>(trials);
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double centre = n * p + 0.5;
  const double squeeze = 0.92 - 4.2 / b;
  while (true) {
    const double u = random.uniform() - 0.5;
    const double v = random.uniform();
    const double from_edge = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / from_edge + b) * u + centre);
    if (from_edge >= 0.07 && v <= squeeze) return static_cast<std::int64_t>(k);
    if (!(k >= 0) || !(k <= n)) continue;
    const double mode = std::floor((n + 1) * p);
    const double height = v * (2.83 + 5.1 / b) * deviation / (a / (from_edge * from_edge) + b);
    if (height * binomial_term(mode, n - mode, p, 1 - p) <= binomial_term(k, n - k, p, 1 - p)) {
      return static_cast<std::int64_t>(k);
    }
  }
}

}  // namespace

std::int64_t draw_binomial(Random& random, std::int64_t trials, double p) {
  if (trials <= 0 || !(p > 0)) return 0;
  if (p >= 1) return trials;
  if (p > 0.5) return trials - draw_binomial(random, trials, 1 - p);
  return static_cast<double>(trials) * p < rejection_from ? draw_by_walking(random, trials, p)
                                                          : draw_by_rejection(random, trials, p);
}

}  // namespace mlops::stats
