// `compare --ab`: what a log of an A/B test tells so far, in a way that may be looked at every day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/compare.hpp>
#include <mlops/app/dataset_profile.hpp>
#include <mlops/stats/interval.hpp>
#include <mlops/stats/sequential.hpp>

namespace mlops::app {

struct AbRequest {
  DataRequest log;
  ColumnNames columns;                    // arm, outcome, unit, time, covariate
  std::optional<std::string> challenger;  // names of the two arms; without them usual names are known
  std::optional<std::string> champion;
  std::optional<std::string> success;  // the outcome that counts as 1, all others as 0
  bool less_is_better = false;
  std::optional<stats::Interval> bounds;  // within which all outcomes must lie
  Asked asked;
  std::optional<double> effect;  // the smallest that matters, as it was declared before the test began
  double share = 0.5;            // of the units that were to see the challenger
  double confidence = 0.95;
};

struct AbArm {
  std::string name;
  std::uint64_t rows = 0;
  std::int64_t units = 0;
  double mean = 0;  // of the units' outcomes
  double deviation = 0;
};

// What a stake of 1 has grown to by betting, pair of units by pair, that the challenger is better than asked, and that
// it is not.
struct AbBets {
  std::int64_t pairs = 0;
  double e_for = 1;
  double e_against = 1;
  double p_for = 1;  // valid at every look
  double p_against = 1;
};

struct AbCuped {
  double theta = 0;
  double variance_ratio = 1;    // variance left, of what it was
  std::int64_t without = 0;     // units without covariate, which keep their outcome
  double plain_difference = 0;  // of the outcomes as they are
};

struct AbOutcome {
  std::string source;
  std::uint64_t rows = 0;
  std::uint64_t left_out = 0;  // rows of other arms
  bool has_units = false;
  bool is_binary = false;
  AbArm challenger;
  AbArm champion;
  Asked asked;
  bool less_is_better = false;
  double confidence = 0.95;

  double share = 0.5;
  double split_p = 1;            // chi-square, of the planned split
  bool is_split_broken = false;  // then nothing is judged

  double difference = 0;  // challenger less champion
  stats::Interval interval;
  double likelihood_ratio = 1;
  double p_value = 1;
  std::optional<AbBets> bets;  // of bounded outcomes
  std::optional<double> effect;
  std::optional<stats::Sprt> sprt;  // of the declared effect
  std::optional<AbCuped> cuped;

  domain::VerdictResult result = domain::VerdictResult::inconclusive;
  std::string reason;
  std::optional<double> detectable;
  std::optional<std::int64_t> units_needed;  // in all
  std::optional<double> days_needed;         // for those that are missing, where the log has times
  std::vector<std::string> notes;
};

// Reads the log once; memory grows with the units, if it names them, and not with the rows. Error{usage} for garbage,
// with the numbers of the rows; for arms that can't be told or are missing; for units in both arms.
AbOutcome judge_ab_log(const Context& context, const AbRequest& request);

Json to_json(const AbOutcome& outcome);

// As a gate would tell it, for reports: the difference, and the split.
domain::Verdict verdict_of(const AbOutcome& outcome, const Context& context);

}  // namespace mlops::app
