// Ranks from 1; equal values share the mean of theirs.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <mlops/stats/roc.hpp>

namespace mlops::stats {

struct MidRanks {
  std::vector<double> ranks;  // one a value, in the order of the values
  double tie_term = 0;        // Σ (t³ - t) over groups of t equal values
};

// The values are finite.
inline MidRanks mid_ranks(std::span<const double> values) {
  const ScoreOrder order{values};  // the highest first
  MidRanks result{.ranks = std::vector<double>(values.size())};
  std::size_t first = 0;
  for (const std::size_t end : order.ends()) {
    const double rank = 0.5 * static_cast<double>(2 * values.size() - first - end + 1);
    for (std::size_t i = first; i < end; ++i) result.ranks[order.rows()[i]] = rank;
    const auto ties = static_cast<double>(end - first);
    result.tie_term += ties * ties * ties - ties;
    first = end;
  }
  return result;
}

}  // namespace mlops::stats
