#include <mlops/stats/column_drift.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/stats/two_samples.hpp>
#include <mlops/support/error.hpp>

#include "drift_figures.hpp"

namespace mlops::stats {

namespace {

// Neither missing nor NaN.
std::uint64_t numbers_of(const Histogram& histogram) {
  const auto* bins = std::get_if<NumberBins>(&histogram.bins());
  if (bins == nullptr) throw Error{ErrorKind::usage, "a column of numbers was counted into bins of texts"};
  return histogram.rows() - histogram.missing() - histogram.counts()[bins->nan_index()];
}

std::uint64_t finite_of(std::span<const double> values) {
  return static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); }));
}

LargestChange change_of(BinCounts reference, BinCounts current, std::uint64_t n, std::uint64_t m, std::size_t bin,
                        std::string name) {
  return {.name = std::move(name),
          .reference = static_cast<double>(reference[bin]) / static_cast<double>(n),
          .current = static_cast<double>(current[bin]) / static_cast<double>(m)};
}

std::string too_few(std::uint64_t reference, std::uint64_t current, const DriftRules& rules, std::string_view what) {
  if (std::min(reference, current) >= rules.fewest_rows) return "";
  const bool is_reference = reference < rules.fewest_rows;
  return fmt::format("the {} data has {} {}, and fewer than {} tell nothing", is_reference ? "reference" : "current",
                     is_reference ? reference : current, what, rules.fewest_rows);
}

// A distance in units of the reference's standard deviation.
double in_deviations(double distance, double deviation) {
  if (deviation > 0) return distance / deviation;
  return distance > 0 ? std::numeric_limits<double>::infinity() : 0;
}

// What of a column of numbers is told by counts alone; `reason` is set for what needs more values.
ColumnDrift counted_numbers(std::string column, const Histogram& reference, const Histogram& current,
                            std::span<const DriftStatistic> statistics, const DriftRules& rules) {
  ColumnDrift result{.column = std::move(column),
                     .kind = ColumnKind::number,
                     .reference_rows = reference.rows(),
                     .current_rows = current.rows(),
                     .reason = too_few(reference.rows(), current.rows(), rules, "rows"),
                     .figures = {},
                     .largest_change = {}};
  if (reference.rows() == 0 || current.rows() == 0) return result;
  const std::vector<BinGroup> groups = equal_mass_groups(reference, rules.psi_bins);
  const std::vector<std::uint64_t> before = counts_in(groups, reference.counts());
  const std::vector<std::uint64_t> after = counts_in(groups, current.counts());
  const std::size_t bin = most_changed(before, after);
  result.largest_change = change_of(before, after, reference.rows(), current.rows(), bin,
                                    label_of(std::get<NumberBins>(reference.bins()), groups[bin]));
  const bool wants_psi = std::find(statistics.begin(), statistics.end(), DriftStatistic::psi) != statistics.end();
  if (!result.reason.empty() || !wants_psi) return result;
  if (auto figure = count_figure(DriftStatistic::psi, before, after, rules)) result.figures.push_back(*figure);
  return result;
}

DriftFigure wasserstein_figure(const Interval& bounds, double deviation, const Histogram& reference,
                               std::uint64_t current_numbers, const DriftRules& rules) {
  const Interval scaled{.low = in_deviations(bounds.low, deviation), .high = in_deviations(bounds.high, deviation)};
  // Of a constant reference sampling changes nothing.
  const double null_bound = deviation > 0 ? wasserstein_null_bound(reference, current_numbers) / deviation : 0;
  return distance_figure(DriftStatistic::wasserstein, scaled, rules.wasserstein, null_bound);
}

void demand_same_bins(const Histogram& reference, const Histogram& current) {
  if (reference.bins() == current.bins()) return;
  throw Error{ErrorKind::usage, "the current data was not counted into the reference's bins"};
}

}  // namespace

std::vector<DriftStatistic> default_statistics(ColumnKind kind, std::uint64_t reference_rows, bool is_binned,
                                               const DriftRules& rules) {
  const bool is_small = reference_rows <= rules.small_reference;
  if (kind == ColumnKind::category) {
    if (is_small) return {DriftStatistic::chi_square};
    return {DriftStatistic::jensen_shannon, DriftStatistic::l_infinity};
  }
  if (is_small && !is_binned) return {DriftStatistic::kolmogorov_smirnov};
  return {DriftStatistic::wasserstein, DriftStatistic::psi};
}

ColumnDrift number_drift(std::string column, std::span<const double> reference, std::span<const double> current,
                         const DriftRules& rules) {
  Histogram before{NumberBins::of(reference)};
  Histogram after{before.bins()};
  before.add(reference);
  after.add(current);
  const auto statistics = default_statistics(ColumnKind::number, numbers_of(before), false, rules);
  ColumnDrift result = counted_numbers(std::move(column), before, after, statistics, rules);
  const bool is_test = statistics.front() == DriftStatistic::kolmogorov_smirnov;
  const std::uint64_t n = is_test ? numbers_of(before) : finite_of(reference);
  const std::uint64_t m = is_test ? numbers_of(after) : finite_of(current);
  if (result.reason.empty()) result.reason = too_few(n, m, rules, "numbers");
  if (result.reason.empty() && is_test) {
    const KolmogorovSmirnov test = ks_two_sample(reference, current);
    result.figures.push_back(test_figure(DriftStatistic::kolmogorov_smirnov, test.statistic, test.p, rules));
  } else if (result.reason.empty()) {
    const double distance = wasserstein({.values = reference}, {.values = current});
    result.figures.insert(result.figures.begin(), wasserstein_figure({.low = distance, .high = distance},
                                                                     standard_deviation(reference), before, m, rules));
  }
  judge(result);
  return result;
}

ColumnDrift number_drift(std::string column, const Histogram& reference, const Histogram& current,
                         double reference_deviation, const DriftRules& rules) {
  demand_same_bins(reference, current);
  if (!(reference_deviation >= 0)) {
    throw Error{ErrorKind::usage,
                fmt::format("the reference's standard deviation is not a number from 0: {}", reference_deviation)};
  }
  const std::uint64_t n = numbers_of(reference);
  const std::uint64_t m = numbers_of(current);
  const auto statistics = default_statistics(ColumnKind::number, n, true, rules);
  ColumnDrift result = counted_numbers(std::move(column), reference, current, statistics, rules);
  if (result.reason.empty()) result.reason = too_few(n, m, rules, "numbers");
  if (result.reason.empty()) {
    result.figures.insert(result.figures.begin(), wasserstein_figure(wasserstein_bounds(reference, current),
                                                                     reference_deviation, reference, m, rules));
  }
  judge(result);
  return result;
}

ColumnDrift category_drift(std::string column, const TextCounts& reference, const TextCounts& current,
                           const DriftRules& rules) {
  TextCounts both = reference;
  for (const auto& [value, times] : current) both[value] += times;
  Histogram before{TextBins::of(both, std::max<std::size_t>(1, both.size()))};
  Histogram after{before.bins()};
  for (const auto& [value, times] : reference) before.add(value, times);
  for (const auto& [value, times] : current) after.add(value, times);
  return category_drift(std::move(column), before, after, rules);
}

ColumnDrift category_drift(std::string column, const Histogram& reference, const Histogram& current,
                           const DriftRules& rules) {
  demand_same_bins(reference, current);
  ColumnDrift result{.column = std::move(column),
                     .kind = ColumnKind::category,
                     .reference_rows = reference.rows(),
                     .current_rows = current.rows(),
                     .reason = too_few(reference.rows(), current.rows(), rules, "rows"),
                     .figures = {},
                     .largest_change = {}};
  if (reference.rows() > 0 && current.rows() > 0) {
    const std::size_t bin = most_changed(reference.counts(), current.counts());
    result.largest_change = change_of(reference.counts(), current.counts(), reference.rows(), current.rows(), bin,
                                      label_of(reference.bins(), bin));
  }
  if (result.reason.empty()) {
    for (const DriftStatistic statistic : default_statistics(ColumnKind::category, reference.rows(), true, rules)) {
      if (const auto figure = count_figure(statistic, reference.counts(), current.counts(), rules)) {
        result.figures.push_back(*figure);
      } else {
        result.reason = "every category has too few rows for a chi-square test";
      }
    }
  }
  judge(result);
  return result;
}

}  // namespace mlops::stats
