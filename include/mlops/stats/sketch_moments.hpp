// Count, mean and spread of numbers that come once, in parts that can be put together.
#pragma once

#include <cstdint>
#include <span>

namespace mlops::stats {

// Source: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
// Takes finite numbers only.
class Moments {
 public:
  void add(std::span<const double> values);
  // Each as often as `times` says.
  void add(std::span<const double> values, std::span<const std::uint64_t> times);
  void merge(const Moments& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Each is NaN when there is nothing to tell it from: without a value, the deviation with fewer than two.
  [[nodiscard]] double mean() const;
  [[nodiscard]] double standard_deviation() const;  // of a sample: divided by n - 1
  [[nodiscard]] double min() const;
  [[nodiscard]] double max() const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of the squared distances from the mean
  double min_ = 0;
  double max_ = 0;
};

}  // namespace mlops::stats
