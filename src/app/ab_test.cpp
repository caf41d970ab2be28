#include <mlops/app/ab_test.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/noninferiority.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "ab_log.hpp"

namespace mlops::app {

namespace {

using domain::VerdictResult;

// Below these the means are not near enough to the normal distribution.
constexpr std::int64_t fewest_units = 100;
constexpr std::int64_t fewest_of_a_kind = 10;
// A split that chance alone makes once in a thousand tests is taken for broken. Source: Fabijan and others, "Diagnosing
// Sample Ratio Mismatch in Online Controlled Experiments" (2019).
constexpr double broken_split_p = 0.001;
// Without a declared effect, effects of a tenth of the outcomes' deviation are what the test looks for best.
constexpr double usual_effect = 0.1;
constexpr double milliseconds_a_day = 86'400'000;

AbArm arm_of_log(const AbLog& log, Arm arm) {
  const auto place = static_cast<std::size_t>(arm);
  const stats::MeanAndVariance moments = log.sums.of(arm).outcomes();
  return {.name = log.names[place],
          .rows = log.rows_of_arm[place],
          .units = moments.count,
          .mean = moments.mean,
          .deviation = std::sqrt(moments.variance)};
}

double chance_of_split(std::int64_t challenger, std::int64_t champion, double share) {
  const auto n = static_cast<double>(challenger + champion);
  // Squared, this is the chi-square statistic of the two counts.
  return stats::normal_two_sided((static_cast<double>(challenger) - n * share) / std::sqrt(n * share * (1 - share)));
}

std::string sought_text(const Asked& asked) {
  if (asked.gain && *asked.gain > 0) return fmt::format("better by {}", figure_text(*asked.gain));
  if (asked.margin && *asked.margin > 0) return fmt::format("more than {} worse", figure_text(*asked.margin));
  return "better";
}

// Why it is too early to judge; "" when it is not.
std::string too_early(const AbOutcome& outcome, const AbSums& sums) {
  const std::int64_t fewest = std::min(outcome.challenger.units, outcome.champion.units);
  if (fewest < fewest_units) {
    return fmt::format("{} units in the smaller arm: too early to judge, from {} on it is not", fewest, fewest_units);
  }
  if (!outcome.is_binary) return "";
  const std::int64_t successes = sums.successes(Arm::challenger) + sums.successes(Arm::champion);
  const std::int64_t failures = outcome.challenger.units + outcome.champion.units - successes;
  if (std::min(successes, failures) >= fewest_of_a_kind) return "";
  return fmt::format("{} {}: too early to judge, from {} on it is not", std::min(successes, failures),
                     successes < failures ? "successes" : "failures", fewest_of_a_kind);
}

void expect_more(const AbLog& log, AbOutcome& outcome) {
  if (!outcome.units_needed || !log.first_time) return;
  const double days = (*log.last_time - *log.first_time) / milliseconds_a_day;
  const auto units = static_cast<double>(outcome.challenger.units + outcome.champion.units);
  const double missing = static_cast<double>(*outcome.units_needed) - units;
  if (days > 0 && missing > 0) outcome.days_needed = missing * days / units;
}

std::string reason_for(const AbOutcome& outcome) {
  if (outcome.result == VerdictResult::passed) return "";
  const bool has_margin = outcome.asked.margin && *outcome.asked.margin > 0;
  if (outcome.result == VerdictResult::failed) {
    const bool asks_gain = outcome.asked.gain && *outcome.asked.gain > 0;
    return fmt::format("{}, with confidence", asks_gain    ? "not " + sought_text(outcome.asked)
                                              : has_margin ? sought_text(outcome.asked)
                                                           : "worse");
  }
  const std::int64_t units = outcome.challenger.units + outcome.champion.units;
  std::string text = fmt::format("{} units can't tell yet whether it is {}", units, sought_text(outcome.asked));
  if (outcome.units_needed && *outcome.units_needed > units) {
    text += fmt::format("; some {} would, {} more", *outcome.units_needed, *outcome.units_needed - units);
    if (outcome.days_needed) text += fmt::format(" or {:.1f} days at this rate", *outcome.days_needed);
  }
  if (outcome.detectable) text += fmt::format(" (so many show a difference of {:.4g})", *outcome.detectable);
  return text;
}

class AbJudge {
 public:
  AbJudge(const AbRequest& request, const AbLog& log, AbOutcome& outcome)
      : request_{request}, log_{log}, outcome_{outcome} {}

  void judge() const {
    const stats::Cuped adjusted =
        stats::cuped_difference(log_.sums.of(Arm::champion), log_.sums.of(Arm::challenger), request_.confidence);
    const stats::MeanTest& test = adjusted.difference;
    if (log_.has_covariate) take_cuped(adjusted);
    outcome_.difference = test.estimate.value;
    const double variance = test.standard_error * test.standard_error;
    if (!(variance > 0) || !std::isfinite(variance)) {
      outcome_.interval = {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
      outcome_.reason = outcome_.challenger.units < 2 || outcome_.champion.units < 2
                            ? too_early(outcome_, log_.sums)
                            : "all outcomes of an arm are equal: nothing tells how they vary";
      return;
    }
    look(variance);
  }

 private:
  void take_cuped(const stats::Cuped& adjusted) const {
    const stats::CovariedSums& first = log_.sums.of(Arm::champion);
    const stats::CovariedSums& second = log_.sums.of(Arm::challenger);
    outcome_.cuped = AbCuped{.theta = adjusted.theta,
                             .variance_ratio = adjusted.variance_ratio,
                             .without = first.alone().count + second.alone().count,
                             .plain_difference = second.outcomes().mean - first.outcomes().mean};
  }

  // The mixture is wide in units of the outcomes' deviation, so that it was fixed before the first look.
  [[nodiscard]] double mixing_variance(double variance) const {
    if (request_.effect) return *request_.effect * *request_.effect;
    const double spread =
        1 / static_cast<double>(outcome_.challenger.units) + 1 / static_cast<double>(outcome_.champion.units);
    return usual_effect * usual_effect * variance / spread;
  }

  void look(double variance) const {
    const double mixing = mixing_variance(variance);
    const stats::AlwaysValid found = stats::always_valid(outcome_.difference, variance, mixing, request_.confidence);
    outcome_.interval = found.interval;
    outcome_.likelihood_ratio = found.likelihood_ratio;
    outcome_.p_value = found.p_value;
    const double sign = request_.less_is_better ? -1 : 1;
    if (request_.effect) outcome_.sprt = stats::sprt(sign * outcome_.difference, variance, *request_.effect);
    outcome_.reason = too_early(outcome_, log_.sums);
    if (!outcome_.reason.empty()) return;
    const stats::Interval oriented =
        sign > 0 ? found.interval : stats::Interval{-found.interval.high, -found.interval.low};
    const double least = request_.asked.least();
    outcome_.result = request_.asked.judge(oriented);
    const stats::Plan plan{.alpha = (1 - request_.confidence) / 2};
    outcome_.detectable = stats::always_valid_detectable(variance, mixing, plan);
    outcome_.units_needed =
        stats::always_valid_rows(variance, mixing, outcome_.challenger.units + outcome_.champion.units,
                                 sign * outcome_.difference - least, plan);
    expect_more(log_, outcome_);
    outcome_.reason = reason_for(outcome_);
  }

  const AbRequest& request_;
  const AbLog& log_;
  AbOutcome& outcome_;
};

void check_request(const AbRequest& request) {
  (void)request.asked.least();
  if (request.effect && !(*request.effect > 0)) {
    throw Error{ErrorKind::usage,
                "`--effect` is the smallest gain that matters, above 0",
                {"with `--less` a gain is a smaller outcome"}};
  }
  const bool is_share = request.share > 0 && request.share < 1;
  if (!is_share) {
    throw Error{ErrorKind::usage, "`--share` is the challenger's share of the units, between 0 and 1"};
  }
}

}  // namespace

AbOutcome judge_ab_log(const Context& context, const AbRequest& request) {
  check_request(request);
  const AbLog log = read_ab_log(context, request);
  AbOutcome outcome;
  outcome.source = request.log.data;
  outcome.rows = log.rows;
  outcome.left_out = log.left_out;
  outcome.has_units = log.has_units;
  outcome.is_binary = log.sums.are_binary();
  outcome.challenger = arm_of_log(log, Arm::challenger);
  outcome.champion = arm_of_log(log, Arm::champion);
  outcome.asked = request.asked;
  outcome.less_is_better = request.less_is_better;
  outcome.confidence = request.confidence;
  outcome.effect = request.effect;
  outcome.share = request.share;
  outcome.split_p = chance_of_split(outcome.challenger.units, outcome.champion.units, request.share);
  outcome.is_split_broken = outcome.split_p < broken_split_p;
  outcome.bets = log.sums.bets();
  if (!log.is_in_order)
    outcome.notes.emplace_back("rows are not in the order of their times, and bets were made in the order of rows");
  AbJudge{request, log, outcome}.judge();
  if (outcome.is_split_broken) {
    outcome.result = VerdictResult::inconclusive;
    outcome.reason = fmt::format(
        "{} and {} units are not the planned split ({:.4g} for the challenger; p {:.2g}): what made "
        "it uneven may make the difference, too",
        outcome.challenger.units, outcome.champion.units, outcome.share, outcome.split_p);
  }
  return outcome;
}

}  // namespace mlops::app
