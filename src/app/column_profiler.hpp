// What is kept of one column while its cells go by.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/stats/sketch_distinct.hpp>
#include <mlops/stats/sketch_moments.hpp>
#include <mlops/stats/sketch_quantiles.hpp>
#include <mlops/stats/sketch_top.hpp>

namespace mlops::app {

// Values are told apart by how they are written: "1" and "1.0" are two. While they are few, each is counted and looked
// at no more: what they are, their moments and quantiles follow from the counts in the end, and are exact.
class ColumnProfiler {
 public:
  ColumnProfiler(std::string name, std::uint64_t seed);

  void add(std::span<const formats::Cell> cells);
  // What another thread kept of the same column.
  void merge(const ColumnProfiler& other);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] ColumnProfile profile(std::uint64_t rows, std::size_t most_top) const;

 private:
  using Counts = std::vector<std::pair<double, std::uint64_t>>;

  [[nodiscard]] std::size_t count_exactly(std::span<const formats::Cell> cells);
  void look_at_each(std::span<const formats::Cell> cells);
  [[nodiscard]] Counts look_at_counted();
  void stop_counting_only();
  void merge_looked_at(const ColumnProfiler& other);
  void add_number(const formats::Value& value);
  void add_shape(std::string_view text, bool is_first);
  void count_value(std::string_view text);
  void count_distinct_from_now_on();
  [[nodiscard]] ColumnProfile profile_with(const stats::QuantileSketch::View& view, double rank_error,
                                           std::uint64_t rows, std::size_t most_top) const;
  [[nodiscard]] NumberProfile number_profile(const stats::QuantileSketch::View& view, double rank_error) const;

  std::string name_;
  formats::ValueType type_ = formats::ValueType::empty;
  std::uint64_t present_ = 0;
  std::uint64_t infinite_ = 0;
  std::uint64_t trues_ = 0;

  std::vector<double> batch_;
  stats::Moments moments_;
  stats::QuantileSketch quantiles_;

  bool only_counts_ = true;
  formats::CellKind counted_kind_ = formats::CellKind::plain;

  // Few values are counted one by one, which tells also how many there are.
  bool counts_top_ = true;
  bool counts_distinct_ = false;
  stats::TopValues top_;
  stats::DistinctCounter distinct_;

  bool has_shape_ = true;  // all texts so far are of one shape
  std::string shape_;
  std::uint64_t shortest_ = UINT64_MAX;
  std::uint64_t longest_ = 0;
  std::uint64_t characters_ = 0;
};

}  // namespace mlops::app
