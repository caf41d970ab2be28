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
  const std::size_t counted = only_counts_ ? count_exactly(cells) : 0;
  if (counted == cells.size()) return;
  if (only_counts_) stop_counting_only();
  look_at_each(cells.subspan(counted));
}

// How many of the cells it took: up to one that is too much, or that its text alone does not tell.
std::size_t ColumnProfiler::count_exactly(std::span<const formats::Cell> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const formats::Cell& cell = cells[i];
    if (cell.kind == CellKind::missing) continue;
    if (present_ == 0) counted_kind_ = cell.kind;
    const bool is_counted = cell.kind == counted_kind_ && cell.text.size() <= stats::TopValues::longest_text &&
                            top_.add_exactly(stats::hash_text(cell.text), cell.text);
    if (!is_counted) return i;
    ++present_;
  }
  return cells.size();
}

void ColumnProfiler::look_at_each(std::span<const formats::Cell> cells) {
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
    if (type_ == ValueType::text && has_shape_) add_shape(cell.text, present_ == 1);
    count_value(cell.text);
  }
  if (type_ == ValueType::text) return;
  moments_.add(batch_);
  quantiles_.add(batch_);
}

// What the values are that were only counted so far. Returns the finite numbers among them, in order.
ColumnProfiler::Counts ColumnProfiler::look_at_counted() {
  std::vector<double> numbers;
  std::vector<std::uint64_t> times;
  for (const auto& entry : top_.entries()) {
    const formats::Value value = formats::value_of(formats::Cell{entry.text, counted_kind_});
    type_ = formats::widened(type_, value.type);
    const bool is_number = type_ != ValueType::text && value.type != ValueType::boolean;
    if (value.type == ValueType::boolean && value.number > 0) trues_ += entry.count;
    if (is_number && !std::isfinite(value.number)) infinite_ += entry.count;
    if (is_number && std::isfinite(value.number)) {
      numbers.push_back(value.number);
      times.push_back(entry.count);
    }
    const std::uint64_t length = character_count(entry.text);
    shortest_ = std::min(shortest_, length);
    longest_ = std::max(longest_, length);
    characters_ += length * entry.count;
    if (type_ == ValueType::text && has_shape_) add_shape(entry.text, &entry == top_.entries().data());
  }
  moments_.add(numbers, times);
  Counts counts;
  for (std::size_t i = 0; i < numbers.size(); ++i) counts.emplace_back(numbers[i], times[i]);
  std::ranges::sort(counts);
  return counts;
}

void ColumnProfiler::stop_counting_only() {
  only_counts_ = false;
  constexpr std::uint64_t at_once = 4096;
  for (auto [value, times] : look_at_counted()) {
    for (; times > 0; times -= std::min(times, at_once)) {
      batch_.assign(static_cast<std::size_t>(std::min(times, at_once)), value);
      quantiles_.add(batch_);
    }
  }
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

void ColumnProfiler::add_shape(std::string_view text, bool is_first) {
  if (is_first && text.size() <= longest_shape) {
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
  const bool are_alike = present_ == 0 || other.present_ == 0 || counted_kind_ == other.counted_kind_;
  if (only_counts_ && other.only_counts_ && are_alike && top_.merge_exactly(other.top_)) {
    if (present_ == 0) counted_kind_ = other.counted_kind_;
    present_ += other.present_;
    return;
  }
  if (only_counts_) stop_counting_only();
  if (!other.only_counts_) {
    merge_looked_at(other);
    return;
  }
  ColumnProfiler looked_at = other;
  looked_at.stop_counting_only();
  merge_looked_at(looked_at);
}

void ColumnProfiler::merge_looked_at(const ColumnProfiler& other) {
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

NumberProfile ColumnProfiler::number_profile(const stats::QuantileSketch::View& view, double rank_error) const {
  NumberProfile numbers;
  numbers.mean = moments_.mean();
  numbers.standard_deviation = moments_.standard_deviation();
  numbers.min = moments_.min();
  numbers.max = moments_.max();
  for (std::size_t i = 0; i < quantile_points.size(); ++i)
    numbers.quantiles.at(i) = std::clamp(view.quantile(quantile_points.at(i)), numbers.min, numbers.max);
  numbers.quantile_error = rank_error;
  numbers.histogram = histogram_of(view, numbers.min, numbers.max);
  return numbers;
}

ColumnProfile ColumnProfiler::profile(std::uint64_t rows, std::size_t most_top) const {
  if (!only_counts_) return profile_with(quantiles_.view(), quantiles_.rank_error(), rows, most_top);
  ColumnProfiler looked_at = *this;
  const stats::QuantileSketch::View view{looked_at.look_at_counted()};
  return looked_at.profile_with(view, 0, rows, most_top);
}

ColumnProfile ColumnProfiler::profile_with(const stats::QuantileSketch::View& view, double rank_error,
                                           std::uint64_t rows, std::size_t most_top) const {
  ColumnProfile column;
  column.name = name_;
  column.type = type_;
  column.missing = rows - present_;
  column.distinct = counts_distinct_ ? distinct_.count() : top_.held();
  column.distinct_error = counts_distinct_ ? distinct_.relative_error() : 0;
  const bool has_numbers = formats::is_numeric(type_) || formats::is_temporal(type_);
  if (has_numbers) column.infinite = infinite_;
  if (has_numbers && moments_.count() > 0) column.numbers = number_profile(view, rank_error);
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
