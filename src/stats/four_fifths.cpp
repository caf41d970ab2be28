#include <algorithm>

#include <mlops/stats/fairness.hpp>
#include <mlops/stats/proportion.hpp>

namespace mlops::stats {

namespace {

// The pooled z test is fair from here on.
constexpr double enough_expected = 5;

double selection_rate(const GroupSelection& group) {
  return group.rows > 0 ? static_cast<double>(group.selected) / static_cast<double>(group.rows) : 0;
}

const GroupSelection* highest_of(std::span<const GroupSelection> groups, std::int64_t smallest_group) {
  const GroupSelection* highest = nullptr;
  for (const GroupSelection& group : groups) {
    if (group.rows < std::max<std::int64_t>(1, smallest_group)) continue;
    if (highest == nullptr || selection_rate(group) > selection_rate(*highest)) highest = &group;
  }
  return highest;
}

// The smallest count that the table of both groups would have if they were selected alike.
double least_expected(const GroupSelection& a, const GroupSelection& b) {
  const auto smaller = static_cast<double>(std::min(a.rows, b.rows));
  const double selected = static_cast<double>(a.selected) + static_cast<double>(b.selected);
  const double all = static_cast<double>(a.rows) + static_cast<double>(b.rows);
  return smaller * std::min(selected, all - selected) / all;
}

FourFifthsGroup compared(const GroupSelection& group, const GroupSelection& highest, const FairnessRules& rules) {
  FourFifthsGroup result{.group = group.group, .rows = group.rows, .rate = selection_rate(group)};
  const double best = selection_rate(highest);
  if (group.rows > 0) {
    result.ratio = best > 0 ? result.rate / best : 1;
    result.is_exact = least_expected(group, highest) < enough_expected;
    result.p = result.is_exact ? fisher_exact(group.selected, group.rows - group.selected, highest.selected,
                                              highest.rows - highest.selected)
                                     .p_value
                               : compare_proportions({.successes = group.selected, .trials = group.rows},
                                                     {.successes = highest.selected, .trials = highest.rows})
                                     .p_value;
  }
  const bool is_below = result.ratio < rules.four_fifths;
  if (group.rows < rules.smallest_group || group.rows == 0) {
    result.result = RuleResult::inconclusive;
  } else if (is_below) {
    result.result = result.p < rules.significance ? RuleResult::failed : RuleResult::inconclusive;
  }
  return result;
}

RuleResult result_of(const std::vector<FourFifthsGroup>& groups, const FairnessRules& rules) {
  bool is_open = false;
  std::size_t judged = 0;
  for (const FourFifthsGroup& group : groups) {
    if (group.result == RuleResult::failed) return RuleResult::failed;
    is_open = is_open || (group.result == RuleResult::inconclusive && group.ratio < rules.four_fifths);
    judged += group.rows >= rules.smallest_group && group.rows > 0 ? 1 : 0;
  }
  return is_open || judged == 0 ? RuleResult::inconclusive : RuleResult::passed;
}

}  // namespace

FourFifths four_fifths_rule(std::span<const GroupSelection> groups, const FairnessRules& rules) {
  const GroupSelection* highest = highest_of(groups, rules.smallest_group);
  if (highest == nullptr) return {};
  FourFifths rule{.highest = highest->group, .groups = {}};
  for (const GroupSelection& group : groups) {
    if (&group != highest) rule.groups.push_back(compared(group, *highest, rules));
  }
  std::stable_sort(rule.groups.begin(), rule.groups.end(),
                   [](const FourFifthsGroup& a, const FourFifthsGroup& b) { return a.ratio < b.ratio; });
  rule.result = result_of(rule.groups, rules);
  return rule;
}

}  // namespace mlops::stats
