// Means of values, one a row, and their differences. Values that are not finite: Error{usage} with the row.
#pragma once

#include <cstdint>
#include <span>

#include <mlops/stats/interval.hpp>

namespace mlops::stats {

// What a t test needs of a sample; enough for samples that were never in memory at once.
struct MeanAndVariance {
  std::int64_t count = 0;
  double mean = 0;
  double variance = 0;  // with count - 1; 0 for fewer than two values
};
MeanAndVariance moments_of(std::span<const double> values);

// A mean, or a difference of two, held against 0.
struct MeanTest {
  Estimate estimate;
  double standard_error = 0;  // infinite with fewer than two values, and then so is the interval
  double t = 0;
  double degrees = 0;  // of freedom
  double p_value = 1;  // two-sided
};

// The mean of paired differences, challenger less champion on the same rows, by Student's t. Differences that are all
// equal have a standard error of 0: p is 0 unless they are 0, then it is 1.
MeanTest paired_mean(const MeanAndVariance& differences, double confidence = 0.95);
MeanTest paired_mean(std::span<const double> differences, double confidence = 0.95);

// The difference of the means of two independent samples, second less first, with variances of their own.
// Source: Welch, "The Generalization of 'Student's' Problem" (1947).
MeanTest welch(const MeanAndVariance& first, const MeanAndVariance& second, double confidence = 0.95);
MeanTest welch(std::span<const double> first, std::span<const double> second, double confidence = 0.95);

// An outcome and what was known of the same row before: what is predicted by it is noise that can be taken away.
struct Covaried {
  std::span<const double> outcome;
  std::span<const double> covariate;
};

// The same of rows that come one after another and are not kept. A row whose covariate is not known keeps its outcome
// as it is. Sources: Welford (1962); Chan, Golub and LeVeque (1979).
class CovariedSums {
 public:
  void add(double outcome, double covariate);
  void add(double outcome);

  [[nodiscard]] std::int64_t count() const { return covaried_.count + alone_.count; }
  [[nodiscard]] MeanAndVariance outcomes() const;

  struct Known {  // sums of products of distances from the means
    std::int64_t count = 0;
    double outcome_mean = 0;
    double covariate_mean = 0;
    double outcome_squares = 0;
    double covariate_squares = 0;
    double products = 0;
  };
  [[nodiscard]] const Known& covaried() const { return covaried_; }
  [[nodiscard]] MeanAndVariance alone() const;  // outcomes of the rows without a covariate

 private:
  struct Alone {
    std::int64_t count = 0;
    double mean = 0;
    double squares = 0;
  };
  Known covaried_;
  Alone alone_;
};

// Source: Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing
// Pre-Experiment Data" (2013): Y - θ (X - mean of X), θ = cov(X, Y) / var(X), here of both arms together.
struct Cuped {
  double theta = 0;           // 0 where the covariate is constant
  double variance_ratio = 1;  // variance left, of what it was: 1 - correlation²
  MeanTest difference;        // of the adjusted outcomes, second less first, by Welch's test
};
Cuped cuped_difference(const Covaried& first, const Covaried& second, double confidence = 0.95);
Cuped cuped_difference(const CovariedSums& first, const CovariedSums& second, double confidence = 0.95);

}  // namespace mlops::stats
