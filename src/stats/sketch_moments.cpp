#include <mlops/stats/sketch_moments.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mlops::stats {

namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void Moments::add(std::span<const double> values) {
  if (values.empty()) return;
  Moments part;
  part.count_ = values.size();
  part.min_ = part.max_ = values.front();
  // Distances from the first value: their sum can neither lose the figures of values far from zero nor overflow soon.
  const double origin = values.front();
  double sum = 0;
  for (const double value : values) {
    sum += value - origin;
    part.min_ = std::min(part.min_, value);
    part.max_ = std::max(part.max_, value);
  }
  part.mean_ = origin + sum / static_cast<double>(values.size());
  for (const double value : values) part.squares_ += (value - part.mean_) * (value - part.mean_);
  merge(part);
}

void Moments::add(std::span<const double> values, std::span<const std::uint64_t> times) {
  if (values.empty()) return;
  Moments part;
  part.min_ = part.max_ = values.front();
  const double origin = values.front();
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    part.count_ += times[i];
    sum += (values[i] - origin) * static_cast<double>(times[i]);
    part.min_ = std::min(part.min_, values[i]);
    part.max_ = std::max(part.max_, values[i]);
  }
  part.mean_ = origin + sum / static_cast<double>(part.count_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double distance = values[i] - part.mean_;
    part.squares_ += distance * distance * static_cast<double>(times[i]);
  }
  merge(part);
}

void Moments::merge(const Moments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const auto own = static_cast<double>(count_);
  const auto others = static_cast<double>(other.count_);
  const double distance = other.mean_ - mean_;
  const double share = others / (own + others);
  mean_ += distance * share;
  squares_ += other.squares_ + distance * distance * own * share;
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double Moments::mean() const { return count_ == 0 ? not_known : mean_; }
double Moments::min() const { return count_ == 0 ? not_known : min_; }
double Moments::max() const { return count_ == 0 ? not_known : max_; }

double Moments::standard_deviation() const {
  return count_ < 2 ? not_known : std::sqrt(squares_ / static_cast<double>(count_ - 1));
}

}  // namespace mlops::stats
