#include <mlops/stats/sequential.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/support/error.hpp>

#include "comparison_inputs.hpp"
#include "whole_rows.hpp"

namespace mlops::stats {
namespace {

// A stake that could lose all on one row could never win it back.
constexpr double boldest_share = 0.5;

SprtAnswer answer_of(const Sprt& test) {
  if (test.log_ratio >= test.upper) return SprtAnswer::effect;
  return test.log_ratio <= test.lower ? SprtAnswer::no_effect : SprtAnswer::undecided;
}

}  // namespace

AlwaysValid always_valid(double difference, double variance, double mixing_variance, double confidence) {
  demand_finite(difference, "the difference");
  demand_positive(variance, "the variance");
  demand_positive(mixing_variance, "the mixing variance");
  demand_confidence(confidence);
  const double share = mixing_variance / (variance + mixing_variance);
  // ln(V / (V + τ²)), with its digits at both ends.
  const double log_left = share < 0.5 ? std::log1p(-share) : std::log(variance / (variance + mixing_variance));
  const double log_ratio = 0.5 * log_left + 0.5 * share * difference * difference / variance;
  const double half = std::sqrt(variance / share * (-2 * std::log1p(-confidence) - log_left));
  return {.likelihood_ratio = std::exp(log_ratio),
          .p_value = std::exp(-std::max(0.0, log_ratio)),
          .interval = {.low = difference - half, .high = difference + half}};
}

double always_valid_detectable(double variance, double mixing_variance, const Plan& plan) {
  const AlwaysValid look = always_valid(0, variance, mixing_variance, 1 - 2 * plan.alpha);
  demand_chance(plan.power, "the power");
  return std::max(0.0, look.interval.high + normal_quantile(plan.power) * std::sqrt(variance));
}

// The variance falls as rows come; what it must fall to is found by halving the exponent of their growth.
std::optional<std::int64_t> always_valid_rows(double variance, double mixing_variance, std::int64_t rows,
                                              double distance, const Plan& plan) {
  constexpr int halvings = 60;
  constexpr double most_growth = 1e15;
  demand_count(rows, "the number of rows");
  demand_finite(distance, "the distance");
  const auto tells = [&](double growth) {
    return always_valid_detectable(variance / growth, mixing_variance, plan) <= std::abs(distance);
  };
  double low = std::log(1 / most_growth);
  double high = std::log(most_growth);
  if (!(std::abs(distance) > 0) || !tells(std::exp(high))) return std::nullopt;
  for (int i = 0; i < halvings; ++i) {
    const double middle = 0.5 * (low + high);
    (tells(std::exp(middle)) ? high : low) = middle;
  }
  return whole_rows(static_cast<double>(rows) * std::exp(high));
}

Sprt sprt(double difference, double variance, double effect, double alpha, double beta) {
  demand_finite(difference, "the difference");
  demand_finite(effect, "the effect");
  demand_chance(alpha, "alpha");
  demand_chance(beta, "beta");
  if (!(std::abs(effect) > 0)) throw Error{ErrorKind::usage, "an effect of 0 can't be told from none"};
  if (alpha + beta >= 1) throw Error{ErrorKind::usage, "alpha and beta together must stay below 1"};
  Sprt test{.log_ratio = 0, .lower = std::log(beta / (1 - alpha)), .upper = std::log((1 - beta) / alpha)};
  if (!(variance > 0)) return test;
  test.log_ratio = effect * (difference - 0.5 * effect) / variance;
  test.answer = answer_of(test);
  return test;
}

BettingTest::BettingTest(double low, double high, double at_most) : low_{low}, high_{high}, at_most_{at_most} {
  demand_finite(low, "the lower bound");
  demand_finite(high, "the upper bound");
  if (!(low < at_most) || !(at_most < high)) {
    throw Error{ErrorKind::usage, fmt::format("{} must lie between the bounds {} and {}", at_most, low, high)};
  }
}

// What would have been the best stake on the rows so far, nearly: mean / (variance + mean²). It begins with one
// imagined row of the widest spread, and knows nothing of the row it is put on.
double BettingTest::stake() const {
  const double widest = 0.5 * (high_ - low_);
  const auto rows = static_cast<double>(count_) + 1;
  const double mean = static_cast<double>(count_) / rows * mean_;
  const double variance = (widest * widest + squares_) / rows;
  return std::clamp(mean / (variance + mean * mean), 0.0, boldest_share / (at_most_ - low_));
}

void BettingTest::add(double difference) {
  if (!(difference >= low_) || !(difference <= high_)) {
    throw Error{ErrorKind::usage, fmt::format("{} lies outside the bounds {} and {}", difference, low_, high_)};
  }
  const double gain = difference - at_most_;
  log_wealth_ += std::log1p(stake() * gain);
  largest_log_wealth_ = std::max(largest_log_wealth_, log_wealth_);
  ++count_;
  const double distance = gain - mean_;
  mean_ += distance / static_cast<double>(count_);
  squares_ += distance * (gain - mean_);
}

double BettingTest::e_value() const { return std::exp(log_wealth_); }

double BettingTest::p_value() const { return std::exp(-largest_log_wealth_); }

}  // namespace mlops::stats
