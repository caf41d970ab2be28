// The rates of groups from their counts, of rows as they are or as they were drawn.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <mlops/stats/fairness.hpp>

namespace mlops::stats {

enum class GroupRate { selection, true_positive, false_positive, accuracy };

// Four cells a group, one group after another: tp, fp, tn, fn.
inline constexpr std::size_t cells_of_group = 4;
using GroupCells = std::span<const double>;

struct GroupFraction {
  double part = 0;
  double whole = 0;
};
GroupFraction fraction_of(GroupCells group, GroupRate rate);

// A fairness metric of these groups; `reference` is the place of the reference group, or past the end without one.
struct GroupGap {
  double value = 0;
  std::size_t lower = 0;   // the place of the group with the lower rate, or of the group that is compared
  std::size_t higher = 0;  // of that with the higher rate, or of the reference group
};
// nullopt when fewer than two groups have the rates.
std::optional<GroupGap> metric_of(GroupCells cells, FairnessMetric metric, std::size_t reference);

}  // namespace mlops::stats
