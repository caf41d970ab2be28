#include <algorithm>
#include <cmath>
#include <limits>

#include <mlops/stats/two_samples.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

// Both distribution functions at the lower and upper end of a bin.
struct Rise {
  NumberRange range;
  double reference_from = 0;
  double reference_to = 0;
  double current_from = 0;
  double current_to = 0;

  // The most that they can differ strictly inside the bin.
  [[nodiscard]] double most() const { return std::max(reference_to - current_from, current_to - reference_from); }
  // What they differ by everywhere inside, whatever the way they rise.
  [[nodiscard]] double least() const {
    return std::max({0.0, reference_from - current_to, current_from - reference_to});
  }
};

const NumberBins& common_bins(const Histogram& reference, const Histogram& current) {
  const auto* bins = std::get_if<NumberBins>(&reference.bins());
  if (bins == nullptr || reference.bins() != current.bins()) {
    throw Error{ErrorKind::usage, "only counts in the same bins of numbers have an order to compare"};
  }
  return *bins;
}

double numbers_in(const NumberBins& bins, const Histogram& histogram, const char* data) {
  double numbers = 0;
  for (std::size_t bin = 0; bin < bins.ranges(); ++bin) numbers += static_cast<double>(histogram.counts()[bin]);
  if (!(numbers > 0)) {
    throw Error{ErrorKind::usage, std::string{"the "} + data + " data has no numbers to compare"};
  }
  return numbers;
}

template <typename Visit>
void for_each_rise(const Histogram& reference, const Histogram& current, Visit visit) {
  const NumberBins& bins = common_bins(reference, current);
  const double n = numbers_in(bins, reference, "reference");
  const double m = numbers_in(bins, current, "current");
  double before = 0;
  double after = 0;
  Rise rise;
  for (std::size_t bin = 0; bin < bins.ranges(); ++bin) {
    before += static_cast<double>(reference.counts()[bin]);
    after += static_cast<double>(current.counts()[bin]);
    rise.range = bins.range(bin);
    rise.reference_from = rise.reference_to;
    rise.current_from = rise.current_to;
    rise.reference_to = before / n;
    rise.current_to = after / m;
    visit(rise);
  }
}

}  // namespace

Interval ks_bounds(const Histogram& reference, const Histogram& current) {
  Interval bounds;
  for_each_rise(reference, current, [&](const Rise& rise) {
    bounds.low = std::max(bounds.low, std::abs(rise.reference_to - rise.current_to));
    if (!rise.range.is_point()) bounds.high = std::max(bounds.high, rise.most());
  });
  bounds.high = std::min(1.0, std::max(bounds.high, bounds.low));
  return bounds;
}

Interval wasserstein_bounds(const Histogram& reference, const Histogram& current) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double smallest = std::min(reference.smallest().value_or(infinity), current.smallest().value_or(infinity));
  const double largest = std::max(reference.largest().value_or(-infinity), current.largest().value_or(-infinity));
  Interval bounds;
  for_each_rise(reference, current, [&](const Rise& rise) {
    if (rise.range.is_point()) return;
    const double low = std::max(rise.range.low, smallest);
    const double high = std::min(rise.range.high, largest);
    // An end at which no value lies adds nothing; infinity times nothing would be no number.
    if (!(low < high)) return;
    if (rise.least() > 0) bounds.low += rise.least() * (high - low);
    if (rise.most() > 0) bounds.high += rise.most() * (high - low);
  });
  return bounds;
}

}  // namespace mlops::stats
