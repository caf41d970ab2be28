// Conditions on data: sentences that hold or don't, and figures. A figure that is only known between two ends is
// judged by both, as predictions are by their intervals.
#include <algorithm>
#include <span>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

using domain::CheckResult;
using domain::DataCondition;

CheckResult judge_data(const DataCondition& condition, const DataFinding& finding) {
  if (finding.is_refuted) return CheckResult::failed;
  if (!is_figure(condition.question)) return finding.why.empty() ? CheckResult::passed : CheckResult::failed;
  const auto does_hold = domain::holds_between(finding.low, finding.high, condition.comparison, condition.value);
  if (!does_hold) return CheckResult::inconclusive;
  return *does_hold ? CheckResult::passed : CheckResult::failed;
}

// "a; b; c; and 4 more"
std::string first_few(const std::vector<std::string>& lines) {
  constexpr std::size_t enough = 3;
  const std::span<const std::string> told{lines.data(), std::min(lines.size(), enough)};
  std::string text = join(told, "; ");
  if (lines.size() > enough) text += fmt::format("; and {} more", lines.size() - enough);
  return text;
}

// An interval is drawn where there is one.
Json figures_of_data(const DataCondition& condition, const DataFinding& finding) {
  Json figures = Json::object({{"question", name_of(condition.question)}});
  if (is_figure(condition.question)) {
    figures.set("found", finding.value);
    figures.set("wanted", condition.value);
    if (finding.low < finding.high) figures.set("interval", Json{Json::Array{finding.low, finding.high}});
  }
  if (finding.details.is_object()) {
    for (const auto& [key, value] : finding.details.as_object()) figures.set(key, value);
  }
  return figures;
}

}  // namespace

domain::Evidence data_condition(const DataCondition& condition, const Facts& facts) {
  auto evidence = make_evidence(check_name(condition), condition.text);
  const DataFinding finding = facts.look_at_data(condition);
  if (!finding.fault.empty()) {
    evidence.found = "nothing";
    return errored(std::move(evidence), finding.fault);
  }
  if (finding.is_unopposed) return passed(std::move(evidence), "nothing to compare with", finding.note);
  evidence.figures = figures_of_data(condition, finding);
  evidence.result = judge_data(condition, finding);
  evidence.found = finding.found;
  if (evidence.result == CheckResult::failed) evidence.reason = first_few(finding.why);
  if (evidence.result == CheckResult::inconclusive) evidence.reason = finding.doubt;
  if (!finding.note.empty()) evidence.reason += (evidence.reason.empty() ? "" : "; ") + finding.note;
  return evidence;
}

}  // namespace mlops::checks
