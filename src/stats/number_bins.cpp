#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/stats/bins.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

namespace mlops::stats {

namespace {

std::vector<double> ascending_finite(std::span<const double> values) {
  std::vector<double> kept;
  kept.reserve(values.size());
  for (const double value : values) {
    if (std::isfinite(value)) kept.push_back(value);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

// Walks up the distinct values and cuts whenever a bin is full.
class Cutter {
 public:
  explicit Cutter(double full) : full_{full} {}

  void take(double value, std::size_t times) {
    if (static_cast<double>(times) > full_) return cut(value, true);
    if (cuts_.empty()) cuts_.push_back({.value = value});
    gathered_ += static_cast<double>(times);
    end_ = value;
    if (gathered_ >= full_) cut(value, false);
  }

  std::vector<Cut> finish() && {
    if (gathered_ > 0) cut(end_, false);
    return std::move(cuts_);
  }

 private:
  void cut(double value, bool is_point) {
    gathered_ = 0;
    // A first bin that begins and ends at one value is a point.
    if (!cuts_.empty() && !(cuts_.back().value < value)) {
      cuts_.back().is_point = true;
    } else {
      cuts_.push_back({.value = value, .is_point = is_point});
    }
  }

  double full_;
  double gathered_ = 0;
  double end_ = 0;
  std::vector<Cut> cuts_;
};

}  // namespace

NumberBins::NumberBins(std::vector<Cut> cuts) : cuts_{std::move(cuts)} {
  for (std::size_t i = 0; i < cuts_.size(); ++i) {
    if (!std::isfinite(cuts_[i].value)) throw Error{ErrorKind::usage, "a cut between bins is not a finite number"};
    if (i > 0 && !(cuts_[i - 1].value < cuts_[i].value)) {
      throw Error{ErrorKind::usage, fmt::format("the cuts between bins don't ascend at {}", cuts_[i].value)};
    }
  }
  if (cuts_.size() == 1 && !cuts_.front().is_point) {
    throw Error{ErrorKind::usage, "a single cut encloses no bin, unless it is a point"};
  }
  first_bin_.reserve(cuts_.size());
  for (std::size_t i = 0; i < cuts_.size(); ++i) {
    // No interval ends at the first cut; before it lies what is below.
    first_bin_.push_back(i == 0 ? 0 : ranges_);
    ranges_ += (i > 0 ? 1 : 0) + (cuts_[i].is_point ? 1 : 0);
  }
  if (!cuts_.empty()) ++ranges_;
}

NumberBins NumberBins::of(std::span<const double> reference, std::size_t most) {
  if (most < 2) throw Error{ErrorKind::usage, "a column needs at least two bins"};
  const std::vector<double> values = ascending_finite(reference);
  Cutter cutter{static_cast<double>(values.size()) / static_cast<double>(most)};
  for (std::size_t i = 0; i < values.size();) {
    const auto next = std::upper_bound(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), values[i]);
    const auto end = static_cast<std::size_t>(next - values.begin());
    cutter.take(values[i], end - i);
    i = end;
  }
  return NumberBins{std::move(cutter).finish()};
}

NumberBins NumberBins::at(std::span<const double> quantiles) {
  std::vector<Cut> cuts;
  double before = -std::numeric_limits<double>::infinity();
  for (const double quantile : quantiles) {
    if (!(quantile >= before)) throw Error{ErrorKind::usage, "the quantiles to cut a column at don't ascend"};
    before = quantile;
    if (std::isinf(quantile)) continue;
    if (!cuts.empty() && !(cuts.back().value < quantile)) {
      cuts.back().is_point = true;
    } else {
      cuts.push_back({.value = quantile});
    }
  }
  if (cuts.size() == 1) cuts.front().is_point = true;
  return NumberBins{std::move(cuts)};
}

std::size_t NumberBins::index_of(double value) const {
  if (std::isnan(value)) return nan_index();
  if (cuts_.empty()) return 0;
  const auto at =
      std::lower_bound(cuts_.begin(), cuts_.end(), value, [](const Cut& cut, double v) { return cut.value < v; });
  if (at == cuts_.end()) return ranges_ - 1;
  const auto i = static_cast<std::size_t>(at - cuts_.begin());
  if (at->value > value) return first_bin_[i];
  if (at->is_point) return first_bin_[i] + 1;
  return i == 0 ? 1 : first_bin_[i];
}

NumberRange NumberBins::range(std::size_t bin) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (cuts_.empty()) return {.low = -infinity, .high = infinity, .has_low = true, .has_high = true};
  if (bin == ranges_ - 1) return {.low = cuts_.back().value, .high = infinity, .has_high = true};
  // The last cut whose bins begin no later.
  const auto after = std::upper_bound(first_bin_.begin(), first_bin_.end(), bin);
  const auto i = static_cast<std::size_t>(after - first_bin_.begin()) - 1;
  const Cut& cut = cuts_[i];
  if (bin > first_bin_[i] && cut.is_point) {
    return {.low = cut.value, .high = cut.value, .has_low = true, .has_high = true};
  }
  if (i == 0) return {.low = -infinity, .high = cut.value, .has_low = true};
  const Cut& before = cuts_[i - 1];
  return {.low = before.value, .high = cut.value, .has_low = i == 1 && !before.is_point, .has_high = !cut.is_point};
}

std::string NumberBins::label(std::size_t bin) const {
  if (bin == nan_index()) return "NaN";
  if (bin > nan_index()) return "missing";
  if (cuts_.empty()) return "any number";
  if (bin == 0) return "below " + figure_text(cuts_.front().value);
  if (bin == ranges_ - 1) return "above " + figure_text(cuts_.back().value);
  return label_of(range(bin));
}

std::string label_of(const NumberRange& range) {
  if (range.is_point()) return figure_text(range.low);
  std::string low = figure_text(range.low);
  std::string high = figure_text(range.high);
  // Neighbours may differ behind the digits that people want to read.
  if (low == high) {
    low = number_text(range.low);
    high = number_text(range.high);
  }
  return fmt::format("{}{}, {}{}", range.has_low ? '[' : '(', low, high, range.has_high ? ']' : ')');
}

}  // namespace mlops::stats
