// Conditions on predictions, judged by the confidence interval and not by the bare figure: passed when the whole
// interval lies on the right side, failed when it lies on the wrong one, else inconclusive. Source of the rule: EMA
// CPMP/EWP/2158/99, "Choice of the non-inferiority margin".
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

using domain::CheckResult;
using domain::PredictionCondition;

constexpr std::size_t most_slices_kept = 100;

// Each of several slices has its own chance to seem bad, so that one of many soon does. A failure is one that also
// stands after the correction for their number. Passing needs none: all slices must, and the chance that a bad one does
// is not larger for there being others. Source: Berger, "Multiparameter Hypothesis Testing and Acceptance Sampling"
// (1982).
bool may_be_chance(const Measurement& measured, const MeasuredSlice& slice) {
  return slice.adjusted_p && *slice.adjusted_p > measured.level;
}

std::optional<bool> holds_for(const PredictionCondition& condition, const MeasuredSlice& slice) {
  return domain::holds_between(slice.low, slice.high, condition.comparison, condition.value);
}

CheckResult judge(const PredictionCondition& condition, const Measurement& measured, const MeasuredSlice& slice) {
  if (std::isnan(slice.low) || std::isnan(slice.high)) return CheckResult::error;
  const auto does_hold = holds_for(condition, slice);
  if (!does_hold) return CheckResult::inconclusive;
  if (*does_hold) return CheckResult::passed;
  return may_be_chance(measured, slice) ? CheckResult::inconclusive : CheckResult::failed;
}

int badness(CheckResult result) {
  switch (result) {
    case CheckResult::error:
      return 3;
    case CheckResult::failed:
      return 2;
    case CheckResult::inconclusive:
      return 1;
    default:
      return 0;
  }
}

// How far the estimate is on the right side.
double margin_of_slice(const PredictionCondition& condition, const MeasuredSlice& slice) {
  const double figure = slice.other ? slice.value - *slice.other : slice.value;
  return asks_for_more(condition.comparison) ? figure - condition.value : condition.value - figure;
}

// An estimate has no use for more digits.
std::string short_figure(double value) { return fmt::format("{:.4g}", value); }

std::string interval_text(const MeasuredSlice& slice) {
  return fmt::format("[{}, {}]", short_figure(slice.low), short_figure(slice.high));
}

// "0.931 [0.918, 0.944]", "0.931 against 0.947: -0.016 [-0.024, -0.008] in region=north, the worst of 4 slices"
std::string found_text(const Measurement& measured, const MeasuredSlice& slice) {
  std::string where = slice.name.empty() ? "" : fmt::format(" in {}", printable(slice.name));
  if (measured.slices.size() > 1) where += fmt::format(", the worst of {} slices", measured.slices.size());
  if (!slice.other) return fmt::format("{} {}{}", short_figure(slice.value), interval_text(slice), where);
  return fmt::format("{} against {}: {:+.4g} {}{}", short_figure(slice.value), short_figure(*slice.other),
                     slice.value - *slice.other, interval_text(slice), where);
}

std::string bound_text(const PredictionCondition& condition, const Measurement& measured) {
  if (!measured.holder) return figure_text(condition.value);
  if (condition.value < 0 || condition.value > 0) {
    return fmt::format("{}'s {} {}", measured.holder->text(), condition.value < 0 ? '-' : '+',
                       figure_text(std::abs(condition.value)));
  }
  return measured.holder->text() + "'s";
}

std::string p_text(double p) { return p < 0.0001 ? "<0.0001" : fmt::format("{:.2g}", p); }

// " (p 0.0004, 0.0016 by Holm for 4 slices)"
std::string corrected_text(const Measurement& measured, const MeasuredSlice& slice) {
  if (!slice.p || !slice.adjusted_p) return "";
  return fmt::format(" (p {}, {} by {} for {} slices)", p_text(*slice.p), p_text(*slice.adjusted_p),
                     measured.correction, measured.slices.size());
}

std::string reason_text(const PredictionCondition& condition, const Measurement& measured, const MeasuredSlice& slice,
                        CheckResult result) {
  const std::string bound = bound_text(condition, measured);
  const std::string where = slice.name.empty() ? "" : fmt::format("in {}, ", printable(slice.name));
  if (result == CheckResult::error) return where + "the figure is not a number";
  const std::string_view side = asks_for_more(condition.comparison) ? "below" : "above";
  if (result == CheckResult::failed) {
    return fmt::format("{}{} {} with confidence{}", where, side, bound, corrected_text(measured, slice));
  }
  if (holds_for(condition, slice) == false) {
    return fmt::format("{}{} {} by its own interval, but one of several slices may be so by chance{}", where, side,
                       bound, corrected_text(measured, slice));
  }
  std::string text = fmt::format("{}{} rows can't tell whether it is {} {}", where, slice.count, side, bound);
  if (slice.rows_needed) text += fmt::format("; some {} would", *slice.rows_needed);
  if (slice.detectable) text += fmt::format(" (these show a difference of {})", short_figure(*slice.detectable));
  return text;
}

Json finite(double value) { return std::isfinite(value) ? Json{value} : Json{}; }

Json interval_json(const MeasuredSlice& slice) { return Json{Json::Array{finite(slice.low), finite(slice.high)}}; }

// A slice as its figure is judged: with a stage, that is the difference.
Json slice_json(const MeasuredSlice& slice, CheckResult result) {
  Json json = Json::object({{"name", slice.name},
                            {"count", slice.count},
                            {"value", finite(slice.other ? slice.value - *slice.other : slice.value)},
                            {"low", finite(slice.low)},
                            {"high", finite(slice.high)},
                            {"result", name_of(result)}});
  if (slice.other) {
    json.set("found", finite(slice.value));
    json.set("held", finite(*slice.other));
  }
  if (slice.p && slice.adjusted_p) {
    json.set("p", *slice.p);
    json.set("adjusted_p", *slice.adjusted_p);
  }
  return json;
}

// The worst slice decides.
struct Worst {
  const MeasuredSlice* slice = nullptr;
  CheckResult result = CheckResult::passed;
};

Worst worst_of(const PredictionCondition& condition, const Measurement& measured) {
  Worst worst;
  for (const MeasuredSlice& slice : measured.slices) {
    const CheckResult result = judge(condition, measured, slice);
    const bool is_first = worst.slice == nullptr;
    const bool is_worse = !is_first && badness(result) > badness(worst.result);
    const bool is_closer = !is_first && badness(result) == badness(worst.result) &&
                           margin_of_slice(condition, slice) < margin_of_slice(condition, *worst.slice);
    if (is_first || is_worse || is_closer) worst = {&slice, result};
  }
  return worst;
}

void add_slices(const PredictionCondition& condition, const Measurement& measured, Json& figures) {
  Json::Array slices;
  for (const MeasuredSlice& each : measured.slices) {
    if (slices.size() < most_slices_kept) slices.push_back(slice_json(each, judge(condition, measured, each)));
  }
  Json::Array small;
  for (const auto& [name, count] : measured.too_small) {
    if (small.size() < most_slices_kept) small.push_back(Json::object({{"name", name}, {"count", count}}));
  }
  // A metric that compares groups has no slices of its own.
  if (!measured.slices.front().name.empty()) {
    figures.set("compared", static_cast<std::int64_t>(measured.slices.size()));
    figures.set("correction", measured.correction.empty() ? Json{} : Json{measured.correction});
  }
  figures.set("groups", Json{std::move(slices)});
  figures.set("too_small", Json{std::move(small)});
}

Json figures_of(const PredictionCondition& condition, const Measurement& measured, const Worst& worst) {
  const MeasuredSlice& slice = *worst.slice;
  Json figures = Json::object({{"metric", condition.metric},
                               {"slice", slice.name},
                               {"count", slice.count},
                               {"found", finite(slice.value)},
                               {"reference", measured.holder ? Json{measured.holder->text()} : Json{}}});
  if (slice.other) {
    figures.set("held", finite(*slice.other));
    figures.set("difference", finite(slice.value - *slice.other));
    figures.set("bound", condition.value);
  } else {
    figures.set("wanted", condition.value);
  }
  figures.set("interval", interval_json(slice));
  figures.set("rows_needed", slice.rows_needed ? Json{*slice.rows_needed} : Json{});
  figures.set("detectable", slice.detectable ? finite(*slice.detectable) : Json{});
  if (!condition.by.empty()) add_slices(condition, measured, figures);
  if (measured.details.is_object()) {
    for (const auto& [key, value] : measured.details.as_object()) figures.set(key, value);
  }
  return figures;
}

domain::Evidence judge_sentence(const PredictionCondition& condition, const Facts& facts) {
  auto evidence = make_evidence("predictions." + condition.metric, condition.text);
  const Measurement measured = facts.measure(condition);
  if (!measured.fault.empty()) {
    if (measured.details.is_object()) evidence.figures = measured.details;
    evidence.found = "nothing";
    return errored(std::move(evidence), measured.fault);
  }
  const Worst worst = worst_of(condition, measured);
  if (worst.slice == nullptr) {
    evidence.found = "nothing";
    return errored(std::move(evidence), "no slice has enough rows to be judged");
  }
  evidence.figures = figures_of(condition, measured, worst);
  std::string found = found_text(measured, *worst.slice);
  if (condition.stage && !measured.holder) {
    return passed(std::move(evidence), std::move(found), fmt::format("nobody holds {} yet", *condition.stage));
  }
  if (worst.result == CheckResult::passed) return passed(std::move(evidence), std::move(found), measured.note);
  evidence.result = worst.result;
  evidence.found = std::move(found);
  evidence.reason = reason_text(condition, measured, *worst.slice, worst.result);
  if (!measured.note.empty()) evidence.reason += "; " + measured.note;
  return evidence;
}

}  // namespace

domain::Evidence prediction_condition(const domain::Compound<PredictionCondition>& condition, const Facts& facts) {
  std::vector<domain::Evidence> parts;
  for (const PredictionCondition& part : condition.parts) parts.push_back(judge_sentence(part, facts));
  return join_parts(make_evidence(condition_name("predictions", condition), condition.text), condition.whole,
                    std::move(parts));
}

}  // namespace mlops::checks
