// Quantiles of more numbers than memory holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <mlops/stats/random.hpp>

namespace mlops::stats {

// A KLL sketch: exact while it holds all values, and with a known error of ranks beyond that. The same values in the
// same order and parts give the same answers on every machine. Source: Karnin, Lang and Liberty, "Optimal Quantile
// Approximation in Streams" (2016), with the geometric capacities (2/3) and the constants of the error of Apache
// DataSketches.
class QuantileSketch {
 public:
  static constexpr std::size_t default_size = 4096;

  explicit QuantileSketch(std::size_t size = default_size, std::uint64_t seed = 1);

  // No NaN among them.
  void add(std::span<const double> values);
  void add(double value);
  void merge(const QuantileSketch& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] bool is_exact() const { return levels_.size() == 1; }
  // By how much the rank of an answer may be off, as a share of all values, for 99 of 100 answers; 0 while exact.
  [[nodiscard]] double rank_error() const;

  // What it holds, in order, for any number of questions.
  class View {
   public:
    View() = default;
    // Of values in order, and how often each was met.
    explicit View(std::vector<std::pair<double, std::uint64_t>> counts);
    // The value at q (n - 1), counted from 0, with straight lines between neighbours: the default of NumPy and pandas.
    // NaN without values; q is taken into [0, 1].
    [[nodiscard]] double quantile(double q) const;
    // How many values are not above `value`.
    [[nodiscard]] std::uint64_t rank(double value) const;

   private:
    friend class QuantileSketch;
    [[nodiscard]] double at(std::uint64_t index) const;
    std::vector<std::pair<double, std::uint64_t>> items_;  // value, and how many are not above it
  };
  [[nodiscard]] View view() const;

 private:
  [[nodiscard]] std::size_t capacity(std::size_t level) const;
  void compact();
  void compact_level(std::size_t level);
  void grow_to(std::size_t levels);

  std::size_t size_;
  Random random_;
  std::vector<std::vector<double>> levels_;  // a value of level i stands for 2^i; sorted above level 0
  std::size_t held_ = 0;
  std::size_t capacity_ = 0;  // of all levels together
  std::uint64_t count_ = 0;
};

}  // namespace mlops::stats
