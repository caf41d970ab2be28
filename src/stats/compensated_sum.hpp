// Sums that don't lose small terms among large ones.
#pragma once

#include <cmath>

namespace mlops::stats {

// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen" (1974).
class CompensatedSum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  [[nodiscard]] double value() const { return std::isfinite(sum_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

// Σ weight · value and Σ weight.
class WeightedMean {
 public:
  void add(double value, double weight) {
    if (!(weight > 0)) return;  // or an overflown value would make a NaN with it
    sum_.add(value * weight);
    weight_.add(weight);
  }
  [[nodiscard]] double weight() const { return weight_.value(); }
  // NaN when nothing was added.
  [[nodiscard]] double value() const { return sum_.value() / weight_.value(); }

 private:
  CompensatedSum sum_;
  CompensatedSum weight_;
};

}  // namespace mlops::stats
