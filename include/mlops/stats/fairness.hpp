// Does a classifier treat groups of people alike? From counts per group: rates with their intervals, the usual
// differences and ratios between groups with theirs, and the four-fifths rule.
//
// Rates of a group: selection rate (rows predicted positive), true positive rate (of its positive rows), false positive
// rate (of its negative rows), accuracy. A rate without rows to take it of is unknown, and its group is left out of
// what compares that rate; Fairlearn takes it for 0 instead. For all else the values are Fairlearn's.
// Throws Error{usage} when a count is negative or above 10^15, when there are no groups, or two of the same name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/stats/bootstrap.hpp>
#include <mlops/stats/interval.hpp>

namespace mlops::stats {

// The rows of a group by prediction and truth.
struct GroupCounts {
  std::string group;
  std::int64_t true_positives = 0;
  std::int64_t false_positives = 0;
  std::int64_t true_negatives = 0;
  std::int64_t false_negatives = 0;
  [[nodiscard]] std::int64_t rows() const {
    return true_positives + false_positives + true_negatives + false_negatives;
  }
  friend bool operator==(const GroupCounts&, const GroupCounts&) = default;
};

// Where the truth isn't known: of `rows` rows, those predicted positive.
struct GroupSelection {
  std::string group;
  std::int64_t selected = 0;
  std::int64_t rows = 0;
  friend bool operator==(const GroupSelection&, const GroupSelection&) = default;
};

enum class FairnessMetric {
  demographic_parity_difference,  // of selection rates: the largest less the smallest
  demographic_parity_ratio,       // the smallest by the largest; 1 when nobody is selected
  equalized_odds_difference,      // the larger of the differences of true and of false positive rates
  equalized_odds_ratio,           // the smaller of their ratios
  equal_opportunity_difference,   // of true positive rates
  equal_opportunity_ratio,
  // Of a group against the reference group, the mean of the signed differences of both rates; of the group where it is
  // farthest from 0. Source: AIF360.
  average_odds_difference,
};
std::string_view name_of(FairnessMetric metric);  // "demographic_parity_difference", …
bool is_ratio(FairnessMetric metric);             // 1 is fair; of a difference, 0

struct FairnessRules {
  std::int64_t smallest_group = 30;  // groups with fewer rows are reported, not judged
  double confidence = 0.95;
  // Of the average odds difference, which is unknown when that group is too small; a name of no group is Error{usage}.
  // nullopt: the judged group with the highest selection rate.
  std::optional<std::string> reference_group;
  double four_fifths = 0.8;
  double significance = 0.05;
  BootstrapOptions bootstrap{.replicates = 2000, .interval = BootstrapInterval::percentile};
};

struct GroupRates {
  std::string group;
  std::int64_t rows = 0;
  bool is_judged = true;  // has as many rows as the rules ask for
  // With Wilson's intervals; `count` is the rows that a rate is taken of. nullopt when there are none.
  std::optional<Estimate> selection_rate;
  std::optional<Estimate> true_positive_rate;
  std::optional<Estimate> false_positive_rate;
  std::optional<Estimate> accuracy;
};

struct FairnessFigure {
  FairnessMetric metric = FairnessMetric::demographic_parity_difference;
  // Of the judged groups; nullopt when fewer than two of them have the rates. The interval is of a bootstrap that draws
  // rows (and so the sizes of groups, too), and reaches as far as a rate of 0 or 1, which no draw changes, may be from
  // what so many rows show (Wilson). A largest difference is never below 0, and chance makes it larger, not
  // smaller: what speaks for fairness is the end of the interval on the unfair side.
  std::optional<Estimate> estimate;
  std::optional<double> all_groups;  // the same of all groups, small ones included
  // The judged groups that make it: the lower and the higher rate, or the group and the reference group.
  std::string lower;
  std::string higher;
};

enum class RuleResult { passed, failed, inconclusive };
std::string_view name_of(RuleResult result);

// One group against the judged group with the highest selection rate.
struct FourFifthsGroup {
  std::string group;
  std::int64_t rows = 0;
  double rate = 0;        // of selection
  double ratio = 1;       // to the highest
  double p = 1;           // two-sided, that both groups are selected alike
  bool is_exact = false;  // by Fisher's test, where a count of less than 5 is expected; else by the pooled z test
  // failed: the ratio is below four fifths, and significantly so. inconclusive: below, but not significantly; or the
  // group is too small.
  RuleResult result = RuleResult::passed;
};

// The p-values are of one comparison each, not adjusted for the number of groups. 29 CFR 1607.4(D): a selection rate
// below four fifths of the highest is evidence of adverse impact, unless the numbers are so small that the difference
// means nothing; so both are asked.
struct FourFifths {
  std::string highest;                  // "" when no group is large enough
  std::vector<FourFifthsGroup> groups;  // all but the highest, worst ratio first
  // failed when one group failed; else inconclusive when one is (of the small groups, only below four fifths), or when
  // there are no two groups that are large enough.
  RuleResult result = RuleResult::inconclusive;
};

struct Fairness {
  std::vector<GroupRates> groups;  // in the order given
  std::vector<FairnessFigure> figures;
  FourFifths four_fifths;
  std::string reference_group;  // of the average odds difference; "" without judged groups
};

Fairness fairness(std::span<const GroupCounts> groups, const FairnessRules& rules = {});
// Only what selection rates tell: both figures of demographic parity, and the four-fifths rule.
Fairness fairness(std::span<const GroupSelection> groups, const FairnessRules& rules = {});

FourFifths four_fifths_rule(std::span<const GroupSelection> groups, const FairnessRules& rules = {});

// The scores of a group, which are probabilities of the positive class, and whether each row is positive.
struct ScoredGroup {
  std::string group;
  std::span<const double> scores;
  std::span<const std::uint8_t> labels;  // 0 or 1
};

struct GroupCalibration {
  std::string group;
  std::int64_t rows = 0;
  bool is_judged = true;
  // Expected calibration error: rows are sorted by score and cut into bins of equal count, equal scores staying
  // together; the mean over rows of |mean score - share of positives| of their bin. nullopt without rows.
  std::optional<double> error;
  std::optional<double> bias;  // mean score less share of positives: above 0 the group is overestimated
};
// Throws Error{usage} for scores outside [0, 1], labels other than 0 and 1, different lengths, or no bins.
std::vector<GroupCalibration> calibration_by_group(std::span<const ScoredGroup> groups, std::size_t bins = 10,
                                                   const FairnessRules& rules = {});

}  // namespace mlops::stats
