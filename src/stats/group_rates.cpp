#include "group_rates.hpp"

#include <algorithm>
#include <cmath>

namespace mlops::stats {

namespace {

struct Extremes {
  double low = 0;
  double high = 0;
  std::size_t lowest = 0;
  std::size_t highest = 0;
};

GroupCells cells_at(GroupCells cells, std::size_t group) {
  return cells.subspan(group * cells_of_group, cells_of_group);
}

std::optional<Extremes> extremes_of(GroupCells cells, GroupRate rate) {
  Extremes extremes;
  std::size_t known = 0;
  for (std::size_t group = 0; group < cells.size() / cells_of_group; ++group) {
    const GroupFraction fraction = fraction_of(cells_at(cells, group), rate);
    if (!(fraction.whole > 0)) continue;
    const double value = fraction.part / fraction.whole;
    if (known == 0 || value < extremes.low) extremes = {value, extremes.high, group, extremes.highest};
    if (known == 0 || value > extremes.high) extremes = {extremes.low, value, extremes.lowest, group};
    ++known;
  }
  return known < 2 ? std::nullopt : std::optional{extremes};
}

std::optional<GroupGap> difference_of(const std::optional<Extremes>& of) {
  if (!of) return std::nullopt;
  return GroupGap{.value = of->high - of->low, .lower = of->lowest, .higher = of->highest};
}

std::optional<GroupGap> ratio_of(const std::optional<Extremes>& of) {
  if (!of) return std::nullopt;
  const double value = of->high > 0 ? of->low / of->high : 1;
  return GroupGap{.value = value, .lower = of->lowest, .higher = of->highest};
}

// Of the two that are known.
std::optional<GroupGap> larger_of(const std::optional<GroupGap>& a, const std::optional<GroupGap>& b) {
  if (!a || !b) return a ? a : b;
  return b->value > a->value ? b : a;
}

std::optional<GroupGap> smaller_of(const std::optional<GroupGap>& a, const std::optional<GroupGap>& b) {
  if (!a || !b) return a ? a : b;
  return b->value < a->value ? b : a;
}

std::optional<double> rate_of(GroupCells group, GroupRate rate) {
  const GroupFraction fraction = fraction_of(group, rate);
  return fraction.whole > 0 ? std::optional{fraction.part / fraction.whole} : std::nullopt;
}

std::optional<GroupGap> average_odds(GroupCells cells, std::size_t reference) {
  if (reference >= cells.size() / cells_of_group) return std::nullopt;
  const auto own_true = rate_of(cells_at(cells, reference), GroupRate::true_positive);
  const auto own_false = rate_of(cells_at(cells, reference), GroupRate::false_positive);
  if (!own_true || !own_false) return std::nullopt;
  std::optional<GroupGap> farthest;
  for (std::size_t group = 0; group < cells.size() / cells_of_group; ++group) {
    const auto true_rate = rate_of(cells_at(cells, group), GroupRate::true_positive);
    const auto false_rate = rate_of(cells_at(cells, group), GroupRate::false_positive);
    if (group == reference || !true_rate || !false_rate) continue;
    const double value = ((*false_rate - *own_false) + (*true_rate - *own_true)) / 2;
    if (!farthest || std::abs(value) > std::abs(farthest->value)) {
      farthest = GroupGap{.value = value, .lower = group, .higher = reference};
    }
  }
  return farthest;
}

}  // namespace

GroupFraction fraction_of(GroupCells group, GroupRate rate) {
  const double true_positives = group[0];
  const double false_positives = group[1];
  const double true_negatives = group[2];
  const double false_negatives = group[3];
  const double rows = true_positives + false_positives + true_negatives + false_negatives;
  switch (rate) {
    case GroupRate::selection:
      return {.part = true_positives + false_positives, .whole = rows};
    case GroupRate::true_positive:
      return {.part = true_positives, .whole = true_positives + false_negatives};
    case GroupRate::false_positive:
      return {.part = false_positives, .whole = false_positives + true_negatives};
    case GroupRate::accuracy:
      return {.part = true_positives + true_negatives, .whole = rows};
  }
  return {};
}

std::optional<GroupGap> metric_of(GroupCells cells, FairnessMetric metric, std::size_t reference) {
  const auto of = [cells](GroupRate rate) { return extremes_of(cells, rate); };
  switch (metric) {
    case FairnessMetric::demographic_parity_difference:
      return difference_of(of(GroupRate::selection));
    case FairnessMetric::demographic_parity_ratio:
      return ratio_of(of(GroupRate::selection));
    case FairnessMetric::equalized_odds_difference:
      return larger_of(difference_of(of(GroupRate::true_positive)), difference_of(of(GroupRate::false_positive)));
    case FairnessMetric::equalized_odds_ratio:
      return smaller_of(ratio_of(of(GroupRate::true_positive)), ratio_of(of(GroupRate::false_positive)));
    case FairnessMetric::equal_opportunity_difference:
      return difference_of(of(GroupRate::true_positive));
    case FairnessMetric::equal_opportunity_ratio:
      return ratio_of(of(GroupRate::true_positive));
    case FairnessMetric::average_odds_difference:
      return average_odds(cells, reference);
  }
  return std::nullopt;
}

}  // namespace mlops::stats
