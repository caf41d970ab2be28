// A comparison as JSON, and as the verdict of a gate.
#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <mlops/app/compare.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

using domain::CheckResult;
using domain::VerdictResult;

Json finite_or_null(double value) { return std::isfinite(value) ? Json{value} : Json{}; }

Json interval_or_null(const stats::Interval& interval) {
  return Json{Json::Array{finite_or_null(interval.low), finite_or_null(interval.high)}};
}

Json figure_json_of(const ComparedFigure& figure) {
  return Json::object({{"metric", figure.metric},
                       {"higher_is_better", figure.higher_is_better},
                       {"slice", figure.slice},
                       {"count", figure.count},
                       {"unit", figure.of_queries ? "queries" : "rows"},
                       {"clusters", Json{figure.clusters}},
                       {"challenger", finite_or_null(figure.challenger)},
                       {"champion", finite_or_null(figure.champion)},
                       {"difference", finite_or_null(figure.challenger - figure.champion)},
                       {"interval", interval_or_null(figure.interval)},
                       {"method", figure.method},
                       {"test", figure.test},
                       {"why", figure.why},
                       {"p", Json{figure.p_value}},
                       {"adjusted_p", Json{figure.adjusted_p}},
                       {"wilcoxon_p", Json{figure.rank_p}},
                       {"short_p", Json{figure.short_p}},
                       {"adjusted_short_p", Json{figure.adjusted_short_p}},
                       {"result", name_of(figure.result)},
                       {"reason", figure.reason},
                       {"detectable", Json{figure.detectable}},
                       {"rows_needed", Json{figure.rows_needed}}});
}

CheckResult check_result(VerdictResult result) {
  switch (result) {
    case VerdictResult::passed:
      return CheckResult::passed;
    case VerdictResult::failed:
      return CheckResult::failed;
    case VerdictResult::inconclusive:
      return CheckResult::inconclusive;
  }
  return CheckResult::error;
}

// "accuracy >= churn@1 - 0.02", as a gate would write it.
std::string wanted_text(const ComparedFigure& figure, const CompareOutcome& outcome) {
  const double least = outcome.asked.least();
  const double bound = figure.higher_is_better ? least : -least;
  std::string text = fmt::format("{} {} {}", figure.metric, figure.higher_is_better ? ">" : "<", outcome.champion);
  if (std::abs(bound) > 0) text += fmt::format(" {} {}", bound < 0 ? '-' : '+', figure_text(std::abs(bound)));
  return text;
}

domain::Evidence evidence_of(const ComparedFigure& figure, const CompareOutcome& outcome) {
  domain::Evidence evidence;
  evidence.check = figure.slice.empty() ? figure.metric : fmt::format("{} in {}", figure.metric, figure.slice);
  evidence.result = check_result(figure.result);
  evidence.wanted = wanted_text(figure, outcome);
  evidence.found = fmt::format("{:.4g} against {:.4g}: {:+.4g} [{:.4g}, {:.4g}]", figure.challenger, figure.champion,
                               figure.challenger - figure.champion, figure.interval.low, figure.interval.high);
  evidence.reason = figure.reason;
  evidence.figures = figure_json_of(figure);
  const double least = outcome.asked.least();
  evidence.figures.set("bound", figure.higher_is_better ? least : -least);
  return evidence;
}

}  // namespace

Json to_json(const CompareOutcome& outcome) {
  Json::Array figures;
  for (const ComparedFigure& figure : outcome.figures) figures.push_back(figure_json_of(figure));
  Json::Array small;
  for (const auto& [name, count] : outcome.too_small) {
    small.push_back(Json::object({{"name", name}, {"count", count}}));
  }
  return Json::object({{"challenger", outcome.challenger},
                       {"champion", outcome.champion},
                       {"result", name_of(outcome.result())},
                       {"rows", static_cast<std::int64_t>(outcome.rows)},
                       {"margin", Json{outcome.asked.margin}},
                       {"gain", Json{outcome.asked.gain}},
                       {"confidence", outcome.confidence},
                       {"seed", outcome.seed},
                       {"cluster", Json{outcome.cluster}},
                       {"data", Json{outcome.data}},
                       {"challenger_predictions", outcome.challenger_predictions},
                       {"champion_predictions", outcome.champion_predictions},
                       {"figures", Json{std::move(figures)}},
                       {"too_small", Json{std::move(small)}}});
}

domain::Verdict verdict_of(const CompareOutcome& outcome, const Context& context) {
  domain::Verdict verdict;
  verdict.stage = "against " + outcome.champion;
  verdict.result = outcome.result();
  for (const ComparedFigure& figure : outcome.figures) verdict.evidence.push_back(evidence_of(figure, outcome));
  verdict.policy_source = outcome.data ? "holdout " + *outcome.data : "files";
  verdict.tool_version = context.tool_version;
  verdict.at = context.clock();
  verdict.by = context.actor.value_or(context.login);
  return verdict;
}

}  // namespace mlops::app
