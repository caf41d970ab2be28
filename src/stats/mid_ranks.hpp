// Ranks from 1; equal values share the mean of theirs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace mlops::stats {

struct MidRanks {
  std::vector<double> ranks;  // one a value, in the order of the values
  double tie_term = 0;        // Σ (t³ - t) over groups of t equal values
};

inline MidRanks mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [values](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  MidRanks result{.ranks = std::vector<double>(values.size())};
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && !(values[order[first]] < values[order[end]])) ++end;
    const double rank = 0.5 * static_cast<double>(first + end + 1);
    for (std::size_t i = first; i < end; ++i) result.ranks[order[i]] = rank;
    const auto ties = static_cast<double>(end - first);
    result.tie_term += ties * ties * ties - ties;
    first = end;
  }
  return result;
}

}  // namespace mlops::stats
