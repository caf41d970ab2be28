// Two vectors of counts as shares of their totals.
#pragma once

#include <cstddef>

#include <mlops/stats/divergence.hpp>

namespace mlops::stats {

struct SharedTotals {
  double reference = 0;
  double current = 0;
};

// Throws what divergence.hpp promises. Doubles hold sums that would overflow an integer.
SharedTotals totals_of(BinCounts reference, BinCounts current);

template <typename Visit>
void for_each_share(BinCounts reference, BinCounts current, Visit visit) {
  const SharedTotals totals = totals_of(reference, current);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    visit(static_cast<double>(reference[i]) / totals.reference, static_cast<double>(current[i]) / totals.current);
  }
}

template <typename Term>
double sum_over_shares(BinCounts reference, BinCounts current, Term term) {
  double sum = 0;
  for_each_share(reference, current, [&](double p, double q) { sum += term(p, q); });
  return sum;
}

}  // namespace mlops::stats
