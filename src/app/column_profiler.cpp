#include "column_profiler.hpp"

#include <algorithm>
#include <cmath>

namespace mlops::app {

namespace {

using formats::CellKind;
using formats::ValueType;

constexpr std::size_t histogram_parts = 10;

// Code points of UTF-8: all bytes but those that continue one.
std::uint64_t character_count(std::string_view text) {
  std::uint64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u ? 1 : 0;
  return count;
}

constexpr std::size_t longest_shape = 40;

// Digits as 9, letters of ASCII as A and a, all else as itself.
char shape_of(char c) {
  if (c >= '0' && c <= '9') return '9';
  if (c >= 'A' && c <= 'Z') return 'A';
  return c >= 'a' && c <= 'z' ? 'a' : c;
}

// As numpy.linspace to the last bit, for values often lie on an end; but in a range that no double can hold.
double end_of_part(std::size_t part, double min, double max) {
  const double step = (max - min) / static_cast<double>(histogram_parts);
  if (std::isfinite(step)) return min + static_cast<double>(part) * step;
  return std::lerp(min, max, static_cast<double>(part) / static_cast<double>(histogram_parts));
}

// As numpy.histogram: each part but the last is without its upper end.
std::vector<std::uint64_t> histogram_of(const stats::QuantileSketch::View& view, double min, double max) {
  std::vector<std::uint64_t> counts;
  std::uint64_t before = 0;
  for (std::size_t part = 1; part <= histogram_parts; ++part) {
    const double end = part == histogram_parts ? max : std::nextafter(end_of_part(part, min, max), min);
    const std::uint64_t below = std::max(before, view.rank(end));
    counts.push_back(below - before);
    before = below;
  }
  return counts;
}

}  // namespace

ColumnProfiler::ColumnProfiler(std::string name, std::uint64_t seed)
    : name_{std::move(name)}, quantiles_{stats::QuantileSketch::default_size, seed} {}

void ColumnProfiler::add(std::span<const formats::Cell> cells) {
  batch_.clear();
  for (const formats::Cell& cell : cells) {
    if (cell.kind == CellKind::missing) continue;
    ++present_;
    if (type_ != ValueType::text) {
      const formats::Value value = formats::value_of(cell);
      type_ = formats::widened(type_, value.type);
      if (type_ != ValueType::text) add_number(value);
    }
    const std::uint64_t length = type_ == ValueType::text ? character_count(cell.text) : cell.text.size();
    shortest_ = std::min(shortest_, length);
    longest_ = std::max(longest_, length);
    characters_ += length;
    if (type_ == ValueType::text && has_shape_) add_shape(cell.text);
    count_value(cell.text);
  }
  if (type_ == ValueType::text) return;
  moments_.add(batch_);
  quantiles_.add(batch_);
}

void ColumnProfiler::add_number(const formats::Value& value) {
  if (value.type == ValueType::boolean) {
    trues_ += value.number > 0 ? 1 : 0;
  } else if (std::isfinite(value.number)) {
    batch_.push_back(value.number);
  } else {
    ++infinite_;
  }
}

void ColumnProfiler::add_shape(std::string_view text) {
  if (present_ == 1 && text.size() <= longest_shape) {
    for (const char c : text) shape_ += shape_of(c);
    return;
  }
  has_shape_ = text.size() == shape_.size() && std::ranges::equal(text, shape_, {}, shape_of);
}

void ColumnProfiler::count_value(std::string_view text) {
  const std::uint64_t hash = stats::hash_text(text);
  if (counts_distinct_) distinct_.add(hash);
  if (!counts_top_) return;
  if (!counts_distinct_ && top_.held() >= stats::TopValues::default_size) {
    count_distinct_from_now_on();
    distinct_.add(hash);
    // The most frequent of measured figures say nothing.
    counts_top_ = type_ == ValueType::text;
  }
  if (counts_top_) top_.add(hash, text);
}

void ColumnProfiler::count_distinct_from_now_on() {
  counts_distinct_ = true;
  for (const auto& entry : top_.entries()) distinct_.add(entry.hash);
}

void ColumnProfiler::merge(const ColumnProfiler& other) {
  type_ = formats::widened(type_, other.type_);
  if (present_ == 0) {
    shape_ = other.shape_;
    has_shape_ = other.has_shape_;
  } else if (other.present_ > 0) {
    has_shape_ = has_shape_ && other.has_shape_ && shape_ == other.shape_;
  }
  present_ += other.present_;
  infinite_ += other.infinite_;
  trues_ += other.trues_;
  shortest_ = std::min(shortest_, other.shortest_);
  longest_ = std::max(longest_, other.longest_);
  characters_ += other.characters_;
  if (type_ != ValueType::text) {
    moments_.merge(other.moments_);
    quantiles_.merge(other.quantiles_);
  }
  if (other.counts_distinct_ && !counts_distinct_) count_distinct_from_now_on();
  if (other.counts_distinct_) distinct_.merge(other.distinct_);
  if (!other.counts_distinct_ && counts_distinct_) {
    for (const auto& entry : other.top_.entries()) distinct_.add(entry.hash);
  }
  counts_top_ = counts_top_ && other.counts_top_;
  if (!counts_top_) return;
  // Together they may be more than are counted one by one.
  if (!counts_distinct_ && top_.held() + other.top_.held() > stats::TopValues::default_size) {
    count_distinct_from_now_on();
    for (const auto& entry : other.top_.entries()) distinct_.add(entry.hash);
  }
  top_.merge(other.top_);
}

NumberProfile ColumnProfiler::number_profile() const {
  const stats::QuantileSketch::View view = quantiles_.view();
  NumberProfile numbers;
  numbers.mean = moments_.mean();
  numbers.standard_deviation = moments_.standard_deviation();
  numbers.min = moments_.min();
  numbers.max = moments_.max();
  for (std::size_t i = 0; i < quantile_points.size(); ++i)
    numbers.quantiles.at(i) = std::clamp(view.quantile(quantile_points.at(i)), numbers.min, numbers.max);
  numbers.quantile_error = quantiles_.rank_error();
  numbers.histogram = histogram_of(view, numbers.min, numbers.max);
  return numbers;
}

ColumnProfile ColumnProfiler::profile(std::uint64_t rows, std::size_t most_top) const {
  ColumnProfile column;
  column.name = name_;
  column.type = type_;
  column.missing = rows - present_;
  column.distinct = counts_distinct_ ? distinct_.count() : top_.held();
  column.distinct_error = counts_distinct_ ? distinct_.relative_error() : 0;
  const bool has_numbers = formats::is_numeric(type_) || formats::is_temporal(type_);
  if (has_numbers) column.infinite = infinite_;
  if (has_numbers && moments_.count() > 0) column.numbers = number_profile();
  if (type_ == ValueType::boolean) column.true_share = static_cast<double>(trues_) / static_cast<double>(present_);
  if (type_ == ValueType::text) {
    column.lengths =
        LengthProfile{shortest_, longest_, static_cast<double>(characters_) / static_cast<double>(present_)};
  }
  if (type_ == ValueType::text && has_shape_) column.shape = shape_;
  if (!counts_top_) return column;
  // Of figures that all differ, the first ones by their spelling are no news.
  const bool is_news = !has_numbers || 2 * top_.held() <= present_ || top_.held() <= most_top;
  if (is_news) {
    for (const auto& entry : top_.top(most_top)) column.top.push_back({entry.text, entry.count});
  }
  column.top_error = top_.error();
  column.is_complete_top = top_.is_exact() && column.top.size() == top_.held();
  return column;
}

}  // namespace mlops::app
