// The log of an A/B test as JSON, and as the verdict of a gate.
#include <cmath>

#include <fmt/format.h>

#include <mlops/app/ab_test.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

Json number_or_null(double value) { return std::isfinite(value) ? Json{value} : Json{}; }

Json arm_json(const AbArm& arm) {
  return Json::object({{"name", arm.name},
                       {"rows", static_cast<std::int64_t>(arm.rows)},
                       {"units", arm.units},
                       {"mean", number_or_null(arm.mean)},
                       {"deviation", number_or_null(arm.deviation)}});
}

Json bets_json(const std::optional<AbBets>& bets) {
  if (!bets) return {};
  return Json::object({{"pairs", bets->pairs},
                       {"e_for", number_or_null(bets->e_for)},
                       {"p_for", bets->p_for},
                       {"e_against", number_or_null(bets->e_against)},
                       {"p_against", bets->p_against}});
}

std::string_view name_of_answer(stats::SprtAnswer answer) {
  switch (answer) {
    case stats::SprtAnswer::effect:
      return "effect";
    case stats::SprtAnswer::no_effect:
      return "no_effect";
    case stats::SprtAnswer::undecided:
      return "undecided";
  }
  return "undecided";
}

Json sprt_json(const std::optional<stats::Sprt>& sprt) {
  if (!sprt) return {};
  return Json::object({{"log_ratio", sprt->log_ratio},
                       {"lower", sprt->lower},
                       {"upper", sprt->upper},
                       {"answer", name_of_answer(sprt->answer)}});
}

Json cuped_json(const std::optional<AbCuped>& cuped) {
  if (!cuped) return {};
  return Json::object({{"theta", cuped->theta},
                       {"variance_ratio", cuped->variance_ratio},
                       {"without", cuped->without},
                       {"plain_difference", number_or_null(cuped->plain_difference)}});
}

domain::CheckResult result_of_check(domain::VerdictResult result) {
  switch (result) {
    case domain::VerdictResult::passed:
      return domain::CheckResult::passed;
    case domain::VerdictResult::failed:
      return domain::CheckResult::failed;
    case domain::VerdictResult::inconclusive:
      return domain::CheckResult::inconclusive;
  }
  return domain::CheckResult::error;
}

// "outcome > control - 0.01", as a gate would write it.
std::string wanted_of_arms(const AbOutcome& outcome) {
  const double least = outcome.asked.least();
  const double bound = outcome.less_is_better ? -least : least;
  std::string text = fmt::format("outcome {} {}", outcome.less_is_better ? "<" : ">", outcome.champion.name);
  if (std::abs(bound) > 0) text += fmt::format(" {} {}", bound < 0 ? '-' : '+', figure_text(std::abs(bound)));
  return text;
}

domain::Evidence evidence_of_difference(const AbOutcome& outcome) {
  domain::Evidence evidence;
  evidence.check = "outcome";
  evidence.result = result_of_check(outcome.result);
  evidence.wanted = wanted_of_arms(outcome);
  evidence.found = fmt::format("{:.4g} against {:.4g}: {:+.4g} [{:.4g}, {:.4g}]", outcome.challenger.mean,
                               outcome.champion.mean, outcome.difference, outcome.interval.low, outcome.interval.high);
  evidence.reason = outcome.reason;
  for (const std::string& note : outcome.notes) evidence.reason += (evidence.reason.empty() ? "" : "; ") + note;
  const double least = outcome.asked.least();
  evidence.figures = Json::object(
      {{"difference", number_or_null(outcome.difference)},
       {"interval", Json::array({number_or_null(outcome.interval.low), number_or_null(outcome.interval.high)})},
       {"bound", outcome.less_is_better ? -least : least},
       {"p", outcome.p_value}});
  return evidence;
}

domain::Evidence evidence_of_split(const AbOutcome& outcome) {
  const std::int64_t units = outcome.challenger.units + outcome.champion.units;
  domain::Evidence evidence;
  evidence.check = "split";
  evidence.result = outcome.is_split_broken ? domain::CheckResult::inconclusive : domain::CheckResult::passed;
  evidence.wanted = fmt::format("{} of the units in the challenger's arm", figure_text(outcome.share));
  evidence.found = fmt::format("{} of {}, p {:.2g}", outcome.challenger.units, units, outcome.split_p);
  if (outcome.is_split_broken) evidence.reason = "the arms are not split as planned, so nothing is judged";
  return evidence;
}

}  // namespace

Json to_json(const AbOutcome& outcome) {
  Json::Array notes;
  for (const std::string& note : outcome.notes) notes.emplace_back(note);
  return Json::object(
      {{"source", outcome.source},
       {"result", name_of(outcome.result)},
       {"reason", outcome.reason},
       {"challenger", arm_json(outcome.challenger)},
       {"champion", arm_json(outcome.champion)},
       {"difference", number_or_null(outcome.difference)},
       {"interval", Json::array({number_or_null(outcome.interval.low), number_or_null(outcome.interval.high)})},
       {"likelihood_ratio", number_or_null(outcome.likelihood_ratio)},
       {"p", outcome.p_value},
       {"bets", bets_json(outcome.bets)},
       {"effect", Json{outcome.effect}},
       {"sprt", sprt_json(outcome.sprt)},
       {"cuped", cuped_json(outcome.cuped)},
       {"margin", Json{outcome.asked.margin}},
       {"gain", Json{outcome.asked.gain}},
       {"less_is_better", outcome.less_is_better},
       {"confidence", outcome.confidence},
       {"share", outcome.share},
       {"split_p", outcome.split_p},
       {"split_broken", outcome.is_split_broken},
       {"rows", static_cast<std::int64_t>(outcome.rows)},
       {"left_out", static_cast<std::int64_t>(outcome.left_out)},
       {"detectable", Json{outcome.detectable}},
       {"units_needed", Json{outcome.units_needed}},
       {"days_needed", Json{outcome.days_needed}},
       {"notes", Json{std::move(notes)}}});
}

domain::Verdict verdict_of(const AbOutcome& outcome, const Context& context) {
  domain::Verdict verdict;
  verdict.stage = "against " + outcome.champion.name;
  verdict.result = outcome.result;
  verdict.evidence = {evidence_of_difference(outcome), evidence_of_split(outcome)};
  verdict.policy_source = outcome.source;
  verdict.tool_version = context.tool_version;
  verdict.at = context.clock();
  verdict.by = context.actor.value_or(context.login);
  return verdict;
}

}  // namespace mlops::app
