// Tests that stay honest however often one looks: at every look, and at whatever look one stops.
#pragma once

#include <cstdint>
#include <optional>

#include <mlops/stats/interval.hpp>
#include <mlops/stats/noninferiority.hpp>

namespace mlops::stats {

// The mixture sequential probability ratio test of a difference of 0, effects mixed by a normal distribution.
// Source: Johari, Koomen, Pekelis, Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests" (2022); Zhao,
// Zheng, Chen, Alagoz, "A Sequential Testing Method" (2019).
struct AlwaysValid {
  double likelihood_ratio = 1;  // Λ; the difference isn't 0 at level α once this reaches 1 / α
  double p_value = 1;           // min(1, 1 / Λ); of several looks the smallest counts
  Interval interval;            // of the difference; of several looks the intersection counts
};
// `variance` is that of the estimated difference at this look, `mixing_variance` that of the effects one expects,
// fixed before the first look; both above 0, else Error{usage}.
AlwaysValid always_valid(double difference, double variance, double mixing_variance, double confidence = 0.95);

// The smallest distance between the true difference and what is required that the interval of this look tells with
// the planned power. The interval's confidence is 1 - 2 alpha.
double always_valid_detectable(double variance, double mixing_variance, const Plan& plan = {});

// Rows with which a look reaches the planned power, where `rows` rows had that variance and the true difference lies
// `distance` from what is required. None if the distance is 0 or the number is beyond 10^15.
std::optional<std::int64_t> always_valid_rows(double variance, double mixing_variance, std::int64_t rows,
                                              double distance, const Plan& plan = {});

enum class SprtAnswer { effect, no_effect, undecided };

// Wald's sequential probability ratio test: the true difference is `effect`, or 0, on the normal approximation.
// Source: Wald, "Sequential Tests of Statistical Hypotheses" (1945).
struct Sprt {
  double log_ratio = 0;  // of the likelihoods with and without the effect
  double lower = 0;      // no effect at or below: ln(β / (1 - α))
  double upper = 0;      // effect at or above: ln((1 - β) / α)
  SprtAnswer answer = SprtAnswer::undecided;
};
// `effect` is not 0 and may be negative; alpha + beta below 1. `variance` is that of the difference; undecided while
// it is 0.
Sprt sprt(double difference, double variance, double effect, double alpha = 0.05, double beta = 0.20);
// A bet against "the mean difference is at most `at_most`" (-margin for non-inferiority, 0 for better), row by row:
// what a stake of 1 has grown to is the evidence. It exceeds 1 / α with a chance of at most α if the claim holds, for
// rows of any distribution within the bounds, in whatever order they come.
// Source: Waudby-Smith and Ramdas, "Estimating Means of Bounded Random Variables by Betting" (2024).
class BettingTest {
 public:
  // Differences lie in [low, high]; low < at_most < high, else Error{usage}.
  BettingTest(double low, double high, double at_most);

  // A difference outside the bounds, or NaN: Error{usage}.
  void add(double difference);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] double log_e_value() const { return log_wealth_; }
  [[nodiscard]] double e_value() const;
  // 1 / the largest e-value so far, at most 1: valid at every look.
  [[nodiscard]] double p_value() const;

 private:
  [[nodiscard]] double stake() const;

  double low_;
  double high_;
  double at_most_;
  std::int64_t count_ = 0;
  double mean_ = 0;     // of the gains so far, difference - at_most
  double squares_ = 0;  // of their distances from it
  double log_wealth_ = 0;
  double largest_log_wealth_ = 0;
};

}  // namespace mlops::stats
