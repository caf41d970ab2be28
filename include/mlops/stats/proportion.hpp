// Shares of a count: their intervals, and the difference of two of them.
// Counts are from 0 to 10^15; `successes` at most `trials`. Other input: Error{usage}.
#pragma once

#include <cstdint>

#include <mlops/stats/interval.hpp>

namespace mlops::stats {

struct Proportion {
  std::int64_t successes = 0;
  std::int64_t trials = 0;
  friend bool operator==(const Proportion&, const Proportion&) = default;
};

// successes / trials; NaN without trials.
double share_of(const Proportion& proportion);

// The score interval: close to its confidence on average, also for few trials. [0, 1] without trials.
// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
Interval wilson_interval(const Proportion& proportion, double confidence = 0.95);

// Two-sided p of a true share: twice the smaller tail of the binomial distribution, at most 1. Exact, and so never too
// small, where the score's normal tail is half of what it should be far out: of 250 trials at a share of 0.8, 3
// standard errors below. 1 without trials; 0 for a share outside [0, 1].
double share_p(const Proportion& proportion, double share);

// Never below its confidence, and so wider. [0, 1] without trials.
// Source: Clopper and Pearson, "The Use of Confidence or Fiducial Limits" (1934).
Interval clopper_pearson_interval(const Proportion& proportion, double confidence = 0.95);

// `second` less `first`.
struct ProportionDifference {
  Estimate difference;  // with Newcombe's interval
  double z = 0;         // of the pooled z test
  double p_value = 1;   // its two-sided p
  friend bool operator==(const ProportionDifference&, const ProportionDifference&) = default;
};

// Two independent proportions. With no trials on one side nothing is known: difference NaN, interval [-1, 1], p 1.
// Source of the interval: Newcombe, "Interval Estimation for the Difference Between Independent Proportions" (1998),
// method 10.
ProportionDifference compare_proportions(const Proportion& first, const Proportion& second, double confidence = 0.95);

// Fisher's exact test of a 2 x 2 table with rows (a, b) and (c, d), two-sided: the tables with the same margins that
// are at most as likely as this one.
struct FisherExact {
  double odds_ratio = 1;  // a d / (b c); infinite when only b c is 0, NaN when both are
  double p_value = 1;
  double p_less = 1;     // that a is this small
  double p_greater = 1;  // that a is this large
};
FisherExact fisher_exact(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d);

}  // namespace mlops::stats
