#include <mlops/stats/sketch_quantiles.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace mlops::stats {

namespace {

// Levels below are cheap, and worth more than this only in theory.
constexpr std::size_t smallest_level = 8;
constexpr double shrinking = 2.0 / 3.0;

void sort_few(std::span<double> values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double value = values[i];
    std::size_t place = i;
    for (; place > 0 && value < values[place - 1]; --place) values[place] = values[place - 1];
    values[place] = value;
  }
}

// Moves the values for which `is_front` holds to the front, without a branch that a processor could guess wrong, and
// returns how many they are.
template <typename IsFront>
std::size_t partition_values(std::span<double> values, IsFront is_front) {
  std::size_t front = 0;
  for (double& each : values) {
    const double value = each;
    each = values[front];
    values[front] = value;
    front += is_front(value) ? 1 : 0;
  }
  return front;
}

// Quicksort; most of the work of a sketch is here, and std::sort takes twice as long.
void sort_values(std::span<double> values, unsigned depth) {
  constexpr std::size_t few = 24;
  while (values.size() > few) {
    if (depth-- == 0) {
      std::ranges::sort(values);
      return;
    }
    const double first = values.front();
    const double middle = values[values.size() / 2];
    const double last = values.back();
    const double pivot = std::max(std::min(first, middle), std::min(std::max(first, middle), last));
    const std::size_t below = partition_values(values, [pivot](double value) { return value < pivot; });
    if (below == 0) {
      // The pivot is the lowest: what equals it is in its place.
      values = values.subspan(partition_values(values, [pivot](double value) { return !(pivot < value); }));
      continue;
    }
    sort_values(values.first(below), depth);
    values = values.subspan(below);
  }
  sort_few(values);
}

}  // namespace

QuantileSketch::QuantileSketch(std::size_t size, std::uint64_t seed)
    : size_{std::max(size, smallest_level)}, random_{seed} {
  grow_to(1);
}

std::size_t QuantileSketch::capacity(std::size_t level) const {
  const auto depth = static_cast<double>(levels_.size() - 1 - level);
  const double wanted = std::ceil(static_cast<double>(size_) * std::pow(shrinking, depth));
  return std::max(smallest_level, static_cast<std::size_t>(wanted));
}

void QuantileSketch::grow_to(std::size_t levels) {
  if (levels > levels_.size()) levels_.resize(levels);
  capacity_ = 0;
  for (std::size_t level = 0; level < levels_.size(); ++level) capacity_ += capacity(level);
}

void QuantileSketch::add(double value) {
  levels_[0].push_back(value);
  ++held_;
  ++count_;
  if (held_ > capacity_) compact();
}

void QuantileSketch::add(std::span<const double> values) {
  while (!values.empty()) {
    const std::size_t room = std::min(values.size(), capacity_ + 1 - held_);
    levels_[0].insert(levels_[0].end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(room));
    held_ += room;
    count_ += room;
    values = values.subspan(room);
    if (held_ > capacity_) compact();
  }
}

// Halves the lowest level that is full: half of its values go up, standing for twice as many.
void QuantileSketch::compact() {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    if (levels_[level].size() < capacity(level)) continue;
    if (level + 1 == levels_.size()) grow_to(levels_.size() + 1);
    compact_level(level);
    if (held_ <= capacity_) return;
  }
}

void QuantileSketch::compact_level(std::size_t level) {
  auto& values = levels_[level];
  auto& above = levels_[level + 1];
  if (level == 0 && !std::ranges::is_sorted(values)) {
    sort_values(values, 2 * static_cast<unsigned>(std::bit_width(values.size())));
  }
  // One of an odd number stays behind, so that the weights still add up to the count.
  const bool is_odd = values.size() % 2 == 1;
  const auto middle = static_cast<std::ptrdiff_t>(above.size());
  const std::size_t first = (is_odd ? 1 : 0) + static_cast<std::size_t>(random_.below(2));
  for (std::size_t i = first; i < values.size(); i += 2) above.push_back(values[i]);
  std::inplace_merge(above.begin(), above.begin() + middle, above.end());
  held_ -= values.size() / 2;
  values.resize(is_odd ? 1 : 0);
}

void QuantileSketch::merge(const QuantileSketch& other) {
  grow_to(other.levels_.size());
  for (std::size_t level = 0; level < other.levels_.size(); ++level) {
    auto& own = levels_[level];
    const auto middle = static_cast<std::ptrdiff_t>(own.size());
    own.insert(own.end(), other.levels_[level].begin(), other.levels_[level].end());
    if (level > 0) std::inplace_merge(own.begin(), own.begin() + middle, own.end());
  }
  held_ += other.held_;
  count_ += other.count_;
  while (held_ > capacity_) compact();
}

double QuantileSketch::rank_error() const {
  return is_exact() ? 0 : 2.296 / std::pow(static_cast<double>(size_), 0.9723);
}

QuantileSketch::View QuantileSketch::view() const {
  std::vector<std::pair<double, std::uint64_t>> items;
  items.reserve(held_);
  std::uint64_t weight = 1;
  for (const auto& level : levels_) {
    for (const double value : level) items.emplace_back(value, weight);
    weight *= 2;
  }
  std::ranges::sort(items);
  return View{std::move(items)};
}

QuantileSketch::View::View(std::vector<std::pair<double, std::uint64_t>> counts) : items_{std::move(counts)} {
  std::uint64_t below = 0;
  for (auto& [value, rank] : items_) rank = below += rank;
}

double QuantileSketch::View::at(std::uint64_t index) const {
  const auto found = std::ranges::upper_bound(items_, index, {}, &std::pair<double, std::uint64_t>::second);
  return found == items_.end() ? items_.back().first : found->first;
}

double QuantileSketch::View::quantile(double q) const {
  if (items_.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = std::clamp(q, 0.0, 1.0) * static_cast<double>(items_.back().second - 1);
  const double whole = std::floor(place);
  const auto index = static_cast<std::uint64_t>(whole);
  const double low = at(index);
  const double high = at(index + 1);
  return low == high ? low : std::lerp(low, high, place - whole);
}

std::uint64_t QuantileSketch::View::rank(double value) const {
  const auto found = std::ranges::upper_bound(items_, value, {}, &std::pair<double, std::uint64_t>::first);
  return found == items_.begin() ? 0 : std::prev(found)->second;
}

}  // namespace mlops::stats
