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
using domain::Comparison;
using domain::PredictionCondition;

constexpr std::size_t most_slices_kept = 100;

bool asks_for_more(const PredictionCondition& condition) {
  return condition.comparison == Comparison::greater || condition.comparison == Comparison::greater_equal;
}

// An interval that only touches the bound is on the right side of `>=`, and not of `>`.
CheckResult judge(const PredictionCondition& condition, const MeasuredSlice& slice) {
  const double sign = asks_for_more(condition) ? 1 : -1;
  const double low = sign > 0 ? slice.low : -slice.high;
  const double high = sign > 0 ? slice.high : -slice.low;
  const double bound = sign * condition.value;
  if (std::isnan(low) || std::isnan(high)) return CheckResult::error;
  const bool may_touch =
      condition.comparison == Comparison::greater_equal || condition.comparison == Comparison::less_equal;
  if (low > bound || (may_touch && low >= bound)) return CheckResult::passed;
  if (high < bound || (!may_touch && high <= bound)) return CheckResult::failed;
  return CheckResult::inconclusive;
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
  return asks_for_more(condition) ? figure - condition.value : condition.value - figure;
}

// An estimate has no use for more digits.
std::string short_figure(double value) { return fmt::format("{:.4g}", value); }

std::string interval_text(const MeasuredSlice& slice) {
  return fmt::format("[{}, {}]", short_figure(slice.low), short_figure(slice.high));
}

// "0.931 [0.918, 0.944]", "0.931 against 0.947: -0.016 [-0.024, -0.008]"
std::string found_text(const MeasuredSlice& slice) {
  const std::string where = slice.name.empty() ? "" : fmt::format(" in {}", printable(slice.name));
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

std::string reason_text(const PredictionCondition& condition, const Measurement& measured, const MeasuredSlice& slice,
                        CheckResult result) {
  const std::string bound = bound_text(condition, measured);
  const std::string where = slice.name.empty() ? "" : fmt::format("in {}, ", printable(slice.name));
  if (result == CheckResult::error) return where + "the figure is not a number";
  if (result == CheckResult::failed) {
    return fmt::format("{}{} {} with confidence", where, asks_for_more(condition) ? "below" : "above", bound);
  }
  std::string text = fmt::format("{}{} rows can't tell whether it is {} {}", where, slice.count,
                                 asks_for_more(condition) ? "below" : "above", bound);
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
    const CheckResult result = judge(condition, slice);
    const bool is_first = worst.slice == nullptr;
    const bool is_worse = !is_first && badness(result) > badness(worst.result);
    const bool is_closer = !is_first && badness(result) == badness(worst.result) &&
                           margin_of_slice(condition, slice) < margin_of_slice(condition, *worst.slice);
    if (is_first || is_worse || is_closer) worst = {&slice, result};
  }
  return worst;
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
  if (!condition.by.empty()) {
    Json::Array slices;
    for (const MeasuredSlice& each : measured.slices) {
      if (slices.size() < most_slices_kept) slices.push_back(slice_json(each, judge(condition, each)));
    }
    Json::Array small;
    for (const auto& [name, count] : measured.too_small) {
      if (small.size() < most_slices_kept) small.push_back(Json::object({{"name", name}, {"count", count}}));
    }
    figures.set("groups", Json{std::move(slices)});
    figures.set("too_small", Json{std::move(small)});
  }
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
  std::string found = found_text(*worst.slice);
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
