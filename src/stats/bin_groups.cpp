#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/stats/bins.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::stats {

namespace {

double mass_of_ranges(const NumberBins& bins, std::span<const std::uint64_t> counts) {
  double mass = 0;
  for (std::size_t bin = 0; bin < bins.ranges(); ++bin) mass += static_cast<double>(counts[bin]);
  return mass;
}

// Grows groups from below: a bin belongs to the group in whose share of the mass its middle lies.
class Grouper {
 public:
  Grouper(double mass, std::size_t most) : mass_{mass}, most_{static_cast<double>(most)} {}

  void take(std::size_t bin, double count, bool is_point) {
    const double wanted = mass_ > 0 ? std::min(most_ - 1, std::floor((below_ + count / 2) / mass_ * most_)) : 0;
    const bool is_heavy = is_point && count * most_ > mass_;
    const bool is_next = wanted > group_ && gathered_ > 0 && count > 0;
    if (groups_.empty() || is_heavy || was_heavy_ || is_next) {
      groups_.push_back({.first = bin, .last = bin});
      group_ = wanted;
      gathered_ = 0;
    }
    groups_.back().last = bin + 1;
    gathered_ += count;
    below_ += count;
    was_heavy_ = is_heavy;
  }

  std::vector<BinGroup> finish() && { return std::move(groups_); }

 private:
  double mass_;
  double most_;
  double below_ = 0;
  double gathered_ = 0;
  double group_ = 0;
  bool was_heavy_ = false;
  std::vector<BinGroup> groups_;
};

}  // namespace

std::vector<BinGroup> equal_mass_groups(const Histogram& reference, std::size_t most) {
  if (most < 2) throw Error{ErrorKind::usage, "a column needs at least two groups of bins"};
  const auto* bins = std::get_if<NumberBins>(&reference.bins());
  if (bins == nullptr) throw Error{ErrorKind::usage, "only bins of numbers have an order to be grouped in"};
  Grouper grouper{mass_of_ranges(*bins, reference.counts()), most};
  for (std::size_t bin = 0; bin < bins->ranges(); ++bin) {
    grouper.take(bin, static_cast<double>(reference.counts()[bin]), bins->range(bin).is_point());
  }
  std::vector<BinGroup> groups = std::move(grouper).finish();
  for (std::size_t bin = bins->ranges(); bin < bins->size(); ++bin) groups.push_back({.first = bin, .last = bin + 1});
  return groups;
}

std::vector<std::uint64_t> counts_in(const std::vector<BinGroup>& groups, std::span<const std::uint64_t> counts) {
  std::vector<std::uint64_t> sums;
  sums.reserve(groups.size());
  for (const BinGroup& group : groups) {
    std::uint64_t sum = 0;
    for (std::size_t bin = group.first; bin < group.last; ++bin) sum += counts[bin];
    sums.push_back(sum);
  }
  return sums;
}

std::string label_of(const NumberBins& bins, const BinGroup& group) {
  if (group.last - group.first == 1) return bins.label(group.first);
  const NumberRange low = bins.range(group.first);
  const NumberRange high = bins.range(group.last - 1);
  if (group.first == 0 && group.last == bins.ranges()) return "any number";
  if (group.first == 0) return fmt::format("{} {}", high.has_high ? "up to" : "below", figure_text(high.high));
  if (group.last == bins.ranges()) return fmt::format("{} {}", low.has_low ? "from" : "above", figure_text(low.low));
  return label_of({.low = low.low, .high = high.high, .has_low = low.has_low, .has_high = high.has_high});
}

}  // namespace mlops::stats
