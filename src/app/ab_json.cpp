#include <cmath>

#include <mlops/app/ab_test.hpp>

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

}  // namespace mlops::app
