#include <mlops/stats/fairness.hpp>

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include <mlops/stats/proportion.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "comparison_inputs.hpp"
#include "group_rates.hpp"
#include "unseen_rates.hpp"

namespace mlops::stats {

namespace {

template <typename Group>
void demand_groups(std::span<const Group> groups) {
  if (groups.empty()) throw Error{ErrorKind::usage, "there are no groups to compare"};
  std::set<std::string_view> names;
  for (const Group& group : groups) {
    if (names.insert(group.group).second) continue;
    throw Error{ErrorKind::usage, fmt::format("there are two groups of the name `{}`", group.group)};
  }
}

std::vector<std::int64_t> cells_of(std::span<const GroupCounts> groups) {
  std::vector<std::int64_t> cells;
  cells.reserve(groups.size() * cells_of_group);
  for (const GroupCounts& group : groups) {
    for (const std::int64_t count :
         {group.true_positives, group.false_positives, group.true_negatives, group.false_negatives}) {
      demand_count(count, "a count of the group `" + group.group + "`");
      cells.push_back(count);
    }
  }
  return cells;
}

std::vector<double> doubles_of_cells(std::span<const std::int64_t> cells) {
  std::vector<double> values;
  values.reserve(cells.size());
  for (const std::int64_t cell : cells) values.push_back(static_cast<double>(cell));
  return values;
}

std::optional<Estimate> estimate_of(GroupCells group, GroupRate rate, double confidence) {
  const GroupFraction fraction = fraction_of(group, rate);
  const auto trials = static_cast<std::int64_t>(fraction.whole);
  if (trials == 0) return std::nullopt;
  const Proportion proportion{.successes = static_cast<std::int64_t>(fraction.part), .trials = trials};
  return Estimate{.value = share_of(proportion), .interval = wilson_interval(proportion, confidence), .count = trials};
}

GroupRates rates_of(const GroupCounts& counts, const FairnessRules& rules) {
  const std::vector<double> cells = doubles_of_cells(cells_of({&counts, 1}));
  const auto rate = [&](GroupRate which) { return estimate_of(cells, which, rules.confidence); };
  return {.group = counts.group,
          .rows = counts.rows(),
          .is_judged = counts.rows() >= std::max<std::int64_t>(1, rules.smallest_group),
          .selection_rate = rate(GroupRate::selection),
          .true_positive_rate = rate(GroupRate::true_positive),
          .false_positive_rate = rate(GroupRate::false_positive),
          .accuracy = rate(GroupRate::accuracy)};
}

std::vector<GroupCounts> judged_of(std::span<const GroupCounts> groups, const FairnessRules& rules) {
  std::vector<GroupCounts> judged;
  for (const GroupCounts& group : groups) {
    if (group.rows() >= std::max<std::int64_t>(1, rules.smallest_group)) judged.push_back(group);
  }
  return judged;
}

double selection_share(const GroupCounts& group) {
  const auto rows = static_cast<double>(group.rows());
  return rows > 0 ? static_cast<double>(group.true_positives + group.false_positives) / rows : -1;
}

std::string_view highest_selected(std::span<const GroupCounts> groups) {
  const auto highest = std::max_element(groups.begin(), groups.end(), [](const GroupCounts& a, const GroupCounts& b) {
    return selection_share(a) < selection_share(b);
  });
  return highest == groups.end() ? std::string_view{} : std::string_view{highest->group};
}

// Past the end for a name that is none of theirs.
std::size_t place_of(std::span<const GroupCounts> groups, std::string_view name) {
  const auto named =
      std::find_if(groups.begin(), groups.end(), [name](const GroupCounts& group) { return group.group == name; });
  return static_cast<std::size_t>(named - groups.begin());
}

void demand_reference(std::span<const GroupCounts> groups, const std::string& name) {
  if (place_of(groups, name) < groups.size()) return;
  std::vector<std::string> names;
  for (const GroupCounts& group : groups) names.push_back(group.group);
  Error error{ErrorKind::usage, fmt::format("there is no group `{}` to compare the others with", name)};
  if (const auto near = near_miss(name, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  throw error;
}

// The groups as they are compared, and the place of the reference group.
struct Compared {
  std::vector<GroupCounts> groups;
  std::size_t reference = 0;
};

// A draw must not change which group is compared: the farthest one of each draw may lie on the other side.
Compared drawn_groups(FairnessMetric metric, const Compared& judged, const GroupGap& value) {
  if (metric != FairnessMetric::average_odds_difference) return judged;
  return {.groups = {judged.groups[value.lower], judged.groups[value.higher]}, .reference = 1};
}

FairnessFigure figure_of(FairnessMetric metric, const Compared& all, const Compared& judged,
                         const FairnessRules& rules) {
  FairnessFigure figure;
  figure.metric = metric;
  const std::vector<double> all_cells = doubles_of_cells(cells_of(all.groups));
  if (const auto value = metric_of(all_cells, metric, all.reference)) figure.all_groups = value->value;
  const auto value = metric_of(doubles_of_cells(cells_of(judged.groups)), metric, judged.reference);
  if (!value) return figure;
  figure.lower = judged.groups[value->lower].group;
  figure.higher = judged.groups[value->higher].group;
  const Compared drawn = drawn_groups(metric, judged, *value);
  BootstrapOptions options = rules.bootstrap;
  options.confidence = rules.confidence;
  const auto statistic = [metric, reference = drawn.reference](GroupCells cells) {
    const auto of_drawn = metric_of(cells, metric, reference);
    return of_drawn ? of_drawn->value : std::numeric_limits<double>::quiet_NaN();
  };
  const std::vector<std::int64_t> cells = cells_of(drawn.groups);
  figure.estimate = bootstrap_cells(cells, statistic, options).estimate;
  figure.estimate->interval = widened_by_unseen(figure.estimate->interval, figure.estimate->value,
                                                doubles_of_cells(cells), metric, drawn.reference, rules.confidence);
  return figure;
}

void add_figures(Fairness& result, std::span<const FairnessMetric> metrics, std::span<const GroupCounts> groups,
                 const FairnessRules& rules) {
  Compared all{.groups = {groups.begin(), groups.end()}};
  Compared judged{.groups = judged_of(groups, rules)};
  if (rules.reference_group) demand_reference(groups, *rules.reference_group);
  result.reference_group = rules.reference_group.value_or(std::string{highest_selected(judged.groups)});
  all.reference = place_of(all.groups, result.reference_group);
  judged.reference = place_of(judged.groups, result.reference_group);
  for (const FairnessMetric metric : metrics) result.figures.push_back(figure_of(metric, all, judged, rules));
}

GroupSelection selection_of(const GroupCounts& group) {
  return {.group = group.group, .selected = group.true_positives + group.false_positives, .rows = group.rows()};
}

// With the truth unknown, all selected rows stand as true, the others as true negatives: selection rates are the same.
GroupCounts as_counts(const GroupSelection& group) {
  demand_count(group.selected, "the selected rows of the group `" + group.group + "`");
  demand_count(group.rows, "the rows of the group `" + group.group + "`");
  if (group.selected > group.rows) {
    throw Error{ErrorKind::usage, fmt::format("the group `{}` has {} rows, but {} of them are selected", group.group,
                                              group.rows, group.selected)};
  }
  return {.group = group.group, .true_positives = group.selected, .true_negatives = group.rows - group.selected};
}

Fairness compared_by(std::span<const FairnessMetric> metrics, std::span<const GroupCounts> groups,
                     const FairnessRules& rules) {
  Fairness result;
  std::vector<GroupSelection> selections;
  for (const GroupCounts& group : groups) {
    result.groups.push_back(rates_of(group, rules));
    selections.push_back(selection_of(group));
  }
  add_figures(result, metrics, groups, rules);
  result.four_fifths = four_fifths_rule(selections, rules);
  return result;
}

}  // namespace

Fairness fairness(std::span<const GroupCounts> groups, const FairnessRules& rules) {
  demand_groups(groups);
  using enum FairnessMetric;
  constexpr FairnessMetric metrics[] = {
      demographic_parity_difference, demographic_parity_ratio, equalized_odds_difference, equalized_odds_ratio,
      equal_opportunity_difference,  equal_opportunity_ratio,  average_odds_difference};
  return compared_by(metrics, groups, rules);
}

Fairness fairness(std::span<const GroupSelection> groups, const FairnessRules& rules) {
  demand_groups(groups);
  std::vector<GroupCounts> counts;
  for (const GroupSelection& group : groups) counts.push_back(as_counts(group));
  constexpr FairnessMetric metrics[] = {FairnessMetric::demographic_parity_difference,
                                        FairnessMetric::demographic_parity_ratio};
  Fairness result = compared_by(metrics, counts, rules);
  result.reference_group.clear();
  for (GroupRates& group : result.groups) {
    group.true_positive_rate.reset();
    group.false_positive_rate.reset();
    group.accuracy.reset();
  }
  return result;
}

}  // namespace mlops::stats
