#include "unseen_rates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <mlops/stats/proportion.hpp>

namespace mlops::stats {

namespace {

bool is_of_parity(FairnessMetric metric) {
  return metric == FairnessMetric::demographic_parity_difference || metric == FairnessMetric::demographic_parity_ratio;
}

bool is_of_opportunity(FairnessMetric metric) {
  return metric == FairnessMetric::equal_opportunity_difference || metric == FairnessMetric::equal_opportunity_ratio;
}

// The rate that the rows leave open; nullopt for one that is neither 0 nor 1, and for one without rows.
std::optional<double> open_end(GroupCells group, GroupRate rate, double confidence) {
  const GroupFraction fraction = fraction_of(group, rate);
  const bool is_none = !(fraction.part > 0);
  const bool is_all = !(fraction.part < fraction.whole);
  if (!(fraction.whole > 0) || (!is_none && !is_all)) return std::nullopt;
  const Interval interval = wilson_interval(
      {.successes = static_cast<std::int64_t>(fraction.part), .trials = static_cast<std::int64_t>(fraction.whole)},
      confidence);
  return is_none ? interval.high : interval.low;
}

// The group's cells as if these were the rates, with as many rows of either truth.
void set_true_positive_rate(std::span<double> group, double rate) {
  const double rows = group[0] + group[3];
  group[0] = rate * rows;
  group[3] = rows - group[0];
}

void set_false_positive_rate(std::span<double> group, double rate) {
  const double rows = group[1] + group[2];
  group[1] = rate * rows;
  group[2] = rows - group[1];
}

// The ways in which a group's cells could be others without any row that shows it.
std::vector<std::array<double, cells_of_group>> unseen_cells(GroupCells group, FairnessMetric metric,
                                                             double confidence) {
  std::vector<std::array<double, cells_of_group>> unseen;
  std::array<double, cells_of_group> seen{};
  std::ranges::copy(group, seen.begin());
  if (is_of_parity(metric)) {
    if (const auto rate = open_end(group, GroupRate::selection, confidence)) {
      auto& other = unseen.emplace_back(seen);
      set_true_positive_rate(other, *rate);
      set_false_positive_rate(other, *rate);
    }
    return unseen;
  }
  if (const auto rate = open_end(group, GroupRate::true_positive, confidence)) {
    set_true_positive_rate(unseen.emplace_back(seen), *rate);
  }
  if (is_of_opportunity(metric)) return unseen;
  if (const auto rate = open_end(group, GroupRate::false_positive, confidence)) {
    set_false_positive_rate(unseen.emplace_back(seen), *rate);
  }
  return unseen;
}

}  // namespace

Interval widened_by_unseen(const Interval& drawn, double value, GroupCells cells, FairnessMetric metric,
                           std::size_t reference, double confidence) {
  double below = 0;
  double above = 0;
  std::vector<double> moved{cells.begin(), cells.end()};
  for (std::size_t at = 0; at < cells.size(); at += cells_of_group) {
    for (const auto& other : unseen_cells(cells.subspan(at, cells_of_group), metric, confidence)) {
      std::ranges::copy(other, moved.begin() + static_cast<std::ptrdiff_t>(at));
      const auto found = metric_of(moved, metric, reference);
      const double distance = found ? found->value - value : 0;
      (distance < 0 ? below : above) += distance * distance;
    }
    std::ranges::copy(cells.subspan(at, cells_of_group), moved.begin() + static_cast<std::ptrdiff_t>(at));
  }
  if (!(below > 0) && !(above > 0)) return drawn;
  const double least = metric == FairnessMetric::average_odds_difference ? -1 : 0;
  const double low = value - std::sqrt(below + std::pow(std::max(0.0, value - drawn.low), 2));
  const double high = value + std::sqrt(above + std::pow(std::max(0.0, drawn.high - value), 2));
  return {.low = std::max(least, std::min(low, drawn.low)), .high = std::min(1.0, std::max(high, drawn.high))};
}

}  // namespace mlops::stats
