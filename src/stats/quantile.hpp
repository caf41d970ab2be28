// Where a distribution function reaches a value: Newton's method that never leaves a shrinking bracket.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>

namespace mlops::stats {

struct Bracket {
  double low = 0;
  double high = 0;
  double start = 0;
};

// x with rises(x) = wanted, between the ends of the bracket; `slope` is its derivative, roughly right is enough.
template <std::invocable<double> Rises, std::invocable<double> Slope>
double solve_rising(const Rises& rises, const Slope& slope, double wanted, Bracket bracket) {
  constexpr int most_steps = 400;
  constexpr double precision = std::numeric_limits<double>::epsilon();
  double x = bracket.start;
  for (int step = 0; step < most_steps; ++step) {
    const double miss = rises(x) - wanted;
    (miss > 0 ? bracket.high : bracket.low) = x;
    double next = x - miss / slope(x);
    // Halving also takes over where Newton's steps don't shrink the bracket; in octaves where it spans many of them.
    if (!(next > bracket.low) || !(next < bracket.high) || step % 8 == 7) {
      const bool is_wide = bracket.low > 0 && bracket.high > 16 * bracket.low;
      next = is_wide ? std::sqrt(bracket.low) * std::sqrt(bracket.high) : 0.5 * (bracket.low + bracket.high);
      if (std::abs(miss) <= precision * wanted) return x;
    }
    if (std::abs(next - x) <= precision * std::abs(next)) return next;
    x = next;
  }
  return x;
}

}  // namespace mlops::stats
