// From the scores of a classifier to probabilities, learned where the truth is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mlops::stats {

// A rising function through points, by the pool-adjacent-violators algorithm: scikit-learn's IsotonicRegression with
// out_of_bounds="clip". Between the points it is linear, beyond them constant.
// Source: Barlow, Bartholomew, Bremner and Brunk, "Statistical Inference under Order Restrictions" (1972).
class IsotonicFit {
 public:
  // One y for each x, all finite, at least one; else Error{usage}.
  IsotonicFit(std::span<const double> x, std::span<const double> y);
  [[nodiscard]] double at(double x) const;

 private:
  std::vector<double> x_, y_;
};

// Whether scores are better off calibrated, and what they are then. Folds are row by row of each class in turn, so that
// everybody finds the same.
class ScoreCalibration {
 public:
  static constexpr std::size_t folds = 3;

  // Scores in [0, 1], and whether the row is positive. At least `folds` rows of each class; else Error{usage}.
  ScoreCalibration(std::span<const double> scores, std::span<const std::uint8_t> is_positive);

  // Of rows that the function was not fitted to, on average over the folds: expected calibration error in ten bins of
  // equal count.
  [[nodiscard]] double error_before() const { return error_before_; }
  [[nodiscard]] double error_after() const { return error_after_; }
  [[nodiscard]] bool is_used() const { return error_after_ < error_before_; }
  // The score itself where calibration is not used.
  [[nodiscard]] double at(double score) const { return is_used() ? fit_.at(score) : score; }
  // Of the rows given, each by what the other folds say.
  [[nodiscard]] const std::vector<double>& held_out() const { return is_used() ? held_out_ : scores_; }

 private:
  IsotonicFit fit_;
  double error_before_ = 0;
  double error_after_ = 0;
  std::vector<double> scores_, held_out_;
};

}  // namespace mlops::stats
