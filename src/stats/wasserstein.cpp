#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include <mlops/stats/two_samples.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

// The distance between the largest doubles overflows a double, their sums too.
using Wide = long double;

struct WeighedValue {
  double value = 0;
  double weight = 0;
};

std::vector<WeighedValue> weighed(const WeightedSample& sample, const char* data) {
  const bool has_weights = !sample.weights.empty();
  if (has_weights && sample.weights.size() != sample.values.size()) {
    throw Error{ErrorKind::usage, fmt::format("the {} data has {} values and {} weights", data, sample.values.size(),
                                              sample.weights.size())};
  }
  std::vector<WeighedValue> kept;
  kept.reserve(sample.values.size());
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    const double weight = has_weights ? sample.weights[i] : 1;
    if (!(weight >= 0) || std::isinf(weight)) {
      throw Error{ErrorKind::usage, fmt::format("weight {} of the {} data is not a number from 0", i + 1, data)};
    }
    if (weight > 0 && std::isfinite(sample.values[i])) kept.push_back({sample.values[i], weight});
  }
  if (kept.empty()) {
    throw Error{ErrorKind::usage, fmt::format("the {} data has no finite numbers to compare", data)};
  }
  std::sort(kept.begin(), kept.end(),
            [](const WeighedValue& left, const WeighedValue& right) { return left.value < right.value; });
  return kept;
}

Wide total_weight(const std::vector<WeighedValue>& values) {
  Wide total = 0;
  for (const WeighedValue& value : values) total += value.weight;
  return total;
}

// A sample's distribution function, walked upwards.
class Climb {
 public:
  explicit Climb(const std::vector<WeighedValue>& values) : values_{values}, total_{total_weight(values)} {}

  [[nodiscard]] bool ended() const { return at_ == values_.size(); }
  [[nodiscard]] double next() const { return ended() ? std::numeric_limits<double>::infinity() : values_[at_].value; }
  [[nodiscard]] Wide height() const { return ended() ? 1 : weight_ / total_; }
  void past(double value) {
    for (; !ended() && values_[at_].value <= value; ++at_) weight_ += values_[at_].weight;
  }

 private:
  const std::vector<WeighedValue>& values_;
  Wide total_;
  Wide weight_ = 0;
  std::size_t at_ = 0;
};

struct FiniteMoments {
  Wide mean = 0;
  Wide deviation = 0;
  std::uint64_t count = 0;
};

// Welford's running moments, in one pass without cancellation.
FiniteMoments finite_moments_of(std::span<const double> values) {
  FiniteMoments moments;
  Wide squares = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    ++moments.count;
    const Wide before = static_cast<Wide>(value) - moments.mean;
    moments.mean += before / static_cast<Wide>(moments.count);
    squares += before * (static_cast<Wide>(value) - moments.mean);
  }
  if (moments.count > 0) moments.deviation = std::sqrt(squares / static_cast<Wide>(moments.count));
  return moments;
}

}  // namespace

double wasserstein(const WeightedSample& reference, const WeightedSample& current) {
  const std::vector<WeighedValue> a = weighed(reference, "reference");
  const std::vector<WeighedValue> b = weighed(current, "current");
  Climb before{a};
  Climb after{b};
  Wide area = 0;
  double value = std::min(before.next(), after.next());
  while (true) {
    before.past(value);
    after.past(value);
    if (before.ended() && after.ended()) break;
    const double next = std::min(before.next(), after.next());
    area += std::abs(before.height() - after.height()) * (static_cast<Wide>(next) - static_cast<Wide>(value));
    value = next;
  }
  return static_cast<double>(area);
}

double standard_deviation(std::span<const double> values) {
  const FiniteMoments moments = finite_moments_of(values);
  if (moments.count == 0) throw Error{ErrorKind::usage, "there are no finite numbers to take a standard deviation of"};
  return static_cast<double>(moments.deviation);
}

double normalised_wasserstein(std::span<const double> reference, std::span<const double> current) {
  const double distance = wasserstein({.values = reference}, {.values = current});
  const double deviation = standard_deviation(reference);
  if (deviation > 0) return distance / deviation;
  return distance > 0 ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace mlops::stats
