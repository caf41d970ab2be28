#include "group_fairness.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/stats/fairness.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

[[noreturn]] void fail_groups(std::string text) { throw Error{ErrorKind::usage, std::move(text)}; }

// The label that counts as positive: the policy's, or the later of two.
std::string positive_label(const domain::PredictionRecipe& recipe, const std::vector<std::string>& truth,
                           const std::vector<std::string>& predicted) {
  if (recipe.positive) return label_text(*recipe.positive);
  const auto classes = classes_of({&truth, &predicted});
  if (classes.size() > 2) {
    fail_groups(fmt::format("which of {} classes is positive? say so with `positive` in the policy", classes.size()));
  }
  return classes.back();
}

std::vector<stats::GroupCounts> counts_of(const domain::PredictionCondition& condition,
                                          const PredictionColumns& columns) {
  const auto truth = label_texts(columns, columns.recipe().truth);
  const auto predicted = label_texts(columns, columns.recipe().prediction);
  const std::string positive = positive_label(columns.recipe(), truth, predicted);
  const auto groups = slice_names(condition.by, columns);
  std::map<std::string, stats::GroupCounts> counts;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    stats::GroupCounts& group = counts[groups[row]];
    const bool is_positive = truth[row] == positive;
    const bool says_positive = predicted[row] == positive;
    if (says_positive) ++(is_positive ? group.true_positives : group.false_positives);
    if (!says_positive) ++(is_positive ? group.false_negatives : group.true_negatives);
  }
  std::vector<stats::GroupCounts> list;
  for (auto& [name, group] : counts) {
    group.group = name;
    list.push_back(std::move(group));
  }
  return list;
}

Json bar_of(const stats::GroupRates& group, const stats::Estimate& rate) {
  return Json::object({{"name", group.group},
                       {"value", rate.value},
                       {"low", rate.interval.low},
                       {"high", rate.interval.high},
                       {"count", rate.count}});
}

// The rate that the metric compares, group by group.
Json bars_of(std::string_view metric, const stats::Fairness& found) {
  Json::Array bars;
  for (const stats::GroupRates& group : found.groups) {
    const auto& rate = metric.starts_with("demographic") ? group.selection_rate : group.true_positive_rate;
    if (rate) bars.push_back(bar_of(group, *rate));
  }
  return Json{std::move(bars)};
}

// Empty where there are no scores, where one is missing, and where one is no probability: the figure needs none.
std::vector<double> probabilities_of(const PredictionColumns& columns) {
  if (!columns.has(columns.recipe().score)) return {};
  try {
    std::vector<double> scores = columns.numbers(columns.recipe().score);
    const bool are_shares = std::ranges::all_of(scores, [](double score) { return score >= 0 && score <= 1; });
    return are_shares ? scores : std::vector<double>{};
  } catch (const Error&) {
    return {};
  }
}

// A group whose scores say less, or more, than what happens is treated unfairly by every threshold that is set on them.
// Nothing where there are no scores, or scores that are no probabilities.
std::optional<Json> calibration_of(const domain::PredictionCondition& condition, const PredictionColumns& columns,
                                   const stats::FairnessRules& rules) {
  const domain::PredictionRecipe& recipe = columns.recipe();
  const std::vector<double> scores = probabilities_of(columns);
  if (scores.empty()) return std::nullopt;
  const auto truth = label_texts(columns, recipe.truth);
  const std::string positive = positive_label(recipe, truth, label_texts(columns, recipe.prediction));
  const auto groups = slice_names(condition.by, columns);
  std::map<std::string, std::pair<std::vector<double>, std::vector<std::uint8_t>>> rows;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    auto& [scores_of_group, labels] = rows[groups[row]];
    scores_of_group.push_back(scores[row]);
    labels.push_back(truth[row] == positive ? 1 : 0);
  }
  std::vector<stats::ScoredGroup> scored;
  for (const auto& [name, of_group] : rows) {
    scored.push_back({.group = name, .scores = of_group.first, .labels = of_group.second});
  }
  Json::Array list;
  for (const stats::GroupCalibration& group : stats::calibration_by_group(scored, 10, rules)) {
    list.push_back(Json::object({{"name", group.group},
                                 {"count", group.rows},
                                 {"judged", group.is_judged},
                                 {"error", Json{group.error}},
                                 {"bias", Json{group.bias}}}));
  }
  return Json{std::move(list)};
}

}  // namespace

checks::MeasuredSlice measure_fairness(const domain::PredictionCondition& condition, const PredictionColumns& columns,
                                       Json& details) {
  const domain::PredictionRecipe& recipe = columns.recipe();
  stats::FairnessRules rules;
  rules.smallest_group = recipe.min_slice;
  rules.confidence = recipe.confidence;
  rules.bootstrap.confidence = recipe.confidence;
  rules.bootstrap.seed = static_cast<std::uint64_t>(recipe.seed);
  const stats::Fairness found = stats::fairness(counts_of(condition, columns), rules);
  const auto figure = std::ranges::find(found.figures, condition.metric,
                                        [](const stats::FairnessFigure& each) { return name_of(each.metric); });
  details.set("groups", bars_of(condition.metric, found));
  details.set("four_fifths", name_of(found.four_fifths.result));
  details.set("method", "bootstrap of groups, percentile");
  if (auto calibration = calibration_of(condition, columns, rules)) {
    details.set("calibration", std::move(*calibration));
  }
  if (figure == found.figures.end() || !figure->estimate) {
    fail_groups(fmt::format("fewer than two groups of {} have the {} rows that are judged", join(condition.by, ", "),
                            recipe.min_slice));
  }
  checks::MeasuredSlice slice;
  slice.count = figure->estimate->count;
  slice.value = figure->estimate->value;
  slice.low = figure->estimate->interval.low;
  slice.high = figure->estimate->interval.high;
  details.set("between", Json{Json::Array{figure->lower, figure->higher}});
  return slice;
}

}  // namespace mlops::app
