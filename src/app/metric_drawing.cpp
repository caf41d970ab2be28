#include "metric_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/core.h>

#include <mlops/stats/bootstrap.hpp>
#include <mlops/stats/distributions.hpp>
#include <mlops/stats/means.hpp>
#include <mlops/stats/random.hpp>

#include "metric_figure.hpp"

namespace mlops::app {

namespace {

// What a bootstrap may cost: so many times a row, or a cell of a confusion matrix, is looked at.
constexpr std::int64_t most_looks = 400'000'000;
constexpr std::int64_t fewest_replicates = 200;
// Beyond so many rows, drawing all of them hundreds of times takes minutes, and parts of them tell as much.
constexpr std::size_t most_drawn_rows = 50'000;
constexpr std::size_t parts = 100;

std::int64_t replicates_for(std::size_t looks, std::int64_t most) {
  return std::clamp(most_looks / static_cast<std::int64_t>(std::max<std::size_t>(looks, 1)), fewest_replicates, most);
}

// Each row's combination of truth, prediction and the held version's prediction, as one of the cells that occur.
struct Cells {
  std::vector<std::size_t> of_row;
  std::vector<std::size_t> own;   // of each cell: its place in the own confusion matrix
  std::vector<std::size_t> held;  // and in the held version's
};

Cells cells_of(const MetricRows& rows) {
  const std::size_t classes = rows.classes;
  const auto place_of = [&](std::size_t row) {
    const std::size_t own = rows.truth[row] * classes + rows.predicted[row];
    return std::pair{own, rows.is_compared ? rows.truth[row] * classes + rows.held_predicted[row] : own};
  };
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> places;
  for (std::size_t row = 0; row < rows.size(); ++row) places.emplace(place_of(row), 0);
  Cells cells;
  // In an order that does not depend on that of the rows, and so neither does what is drawn.
  for (auto& [place, cell] : places) {
    cell = cells.own.size();
    cells.own.push_back(place.first);
    cells.held.push_back(place.second);
  }
  cells.of_row.reserve(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) cells.of_row.push_back(places.at(place_of(row)));
  return cells;
}

double figure_of_cells(std::string_view metric, const MetricRows& rows, std::span<const double> counts,
                       const std::vector<std::size_t>& places) {
  std::vector<double> matrix(std::size_t{rows.classes} * rows.classes, 0.0);
  for (std::size_t cell = 0; cell < counts.size(); ++cell) matrix[places[cell]] += counts[cell];
  return label_figure(metric, stats::ConfusionMatrix{rows.classes, std::move(matrix)}, rows.label);
}

// Rows that the metric is a share of, for what is known when all of them agree.
std::size_t rows_behind(std::string_view metric, const MetricRows& rows) {
  if (!rows.label || metric == "positive_rate") return rows.size();
  const auto column = metric == "precision" ? std::span{rows.predicted} : std::span{rows.truth};
  return static_cast<std::size_t>(std::ranges::count(column, *rows.label));
}

// Where no row differs a bootstrap sees no uncertainty. But a difference in up to r of all rows stays unseen in n of
// them with the probability (1 - r)^n. Source: Hanley and Lippman-Hand, "If Nothing Goes Wrong, Is Everything All
// Right?" (1983).
stats::Interval widened(const stats::Interval& interval, std::size_t rows, double confidence) {
  const double unseen = rows == 0 ? 1 : 1 - std::pow((1 - confidence) / 2, 1 / static_cast<double>(rows));
  return {interval.low - unseen, interval.high + unseen};
}

// The level at which that interval would end so far away.
double p_of_unseen(double distance, std::size_t rows) {
  return std::min(1.0, 2 * std::pow(std::clamp(1 - std::abs(distance), 0.0, 1.0), static_cast<double>(rows)));
}

class Drawing {
 public:
  Drawing(std::string_view metric, const MetricRows& rows, const EstimateOptions& options, MetricEstimate& result)
      : metric_{metric}, rows_{rows}, options_{options}, result_{result} {}

  void by_rows() const {
    if (is_of_labels(metric_) && rows_.weights.empty()) return by_cells();
    if (rows_.size() > most_drawn_rows) return by_parts();
    const auto statistic = [&](std::span<const std::size_t> places) { return figure_of_rows(places); };
    take(stats::bootstrap_rows(rows_.size(), statistic, options_for(replicates_for(rows_.size(), 2'000))), "rows");
  }

  void by_clusters() const {
    const std::vector<double> figures = difference_by_unit(metric_, rows_);
    if (!figures.empty() && rows_.weights.empty()) {
      const auto replicates = replicates_for(cluster_count(), 10'000);
      take(stats::bootstrap_cluster_mean(figures, cluster_by_unit(rows_), options_for(replicates)), "clusters");
      return;
    }
    if (is_of_labels(metric_) && rows_.weights.empty() && by_cells_of_clusters()) return;
    if (rows_.size() > most_drawn_rows) return by_parts();
    const auto statistic = [&](std::span<const std::size_t> places) { return figure_of_rows(places); };
    take(stats::bootstrap_clusters(rows_.clusters, statistic, options_for(replicates_for(rows_.size(), 2'000))),
         "clusters");
  }

 private:
  [[nodiscard]] stats::BootstrapOptions options_for(std::int64_t replicates) const {
    stats::BootstrapOptions options;
    options.replicates = replicates;
    options.confidence = options_.confidence;
    options.seed = options_.seed;
    options.null_value = options_.bound.value_or(0);
    options.expanded = !rows_.clusters.empty();
    return options;
  }

  [[nodiscard]] std::size_t cluster_count() const { return static_cast<std::size_t>(result_.clusters); }

  void take(const stats::Bootstrap& found, std::string_view of) const {
    result_.interval = found.estimate.interval;
    result_.method =
        fmt::format("bootstrap of {}, {}, {} replicates", of,
                    found.interval == stats::BootstrapInterval::bca ? "BCa" : "percentile", found.replicates);
    if (rows_.is_compared || options_.bound) result_.p_value = found.p_value;
    if (rows_.is_compared) {
      result_.test = fmt::format("bootstrap of {}", of);
      result_.why = rows_.clusters.empty() ? "no formula tells its spread" : "rows of a cluster are alike";
    }
    const std::size_t units = rows_.clusters.empty() ? rows_behind(metric_, rows_) : cluster_count();
    if (!is_of_labels(metric_) || found.estimate.interval.high > found.estimate.interval.low) return;
    result_.interval = widened(result_.interval, units, options_.confidence);
    if (options_.bound) {
      result_.p_value = p_of_unseen(found.estimate.value - *options_.bound, units);
    } else if (rows_.is_compared) {
      result_.p_value = 1.0;
    }
  }

  double figure_of_counts(const Cells& cells, std::span<const double> counts) const {
    const double own = figure_of_cells(metric_, rows_, counts, cells.own);
    return rows_.is_compared ? own - figure_of_cells(metric_, rows_, counts, cells.held) : own;
  }

  void by_cells() const {
    const Cells cells = cells_of(rows_);
    std::vector<std::int64_t> counts(cells.own.size(), 0);
    for (const std::size_t cell : cells.of_row) ++counts[cell];
    const std::size_t looks = std::size_t{rows_.classes} * rows_.classes;
    take(stats::bootstrap_cells(
             counts, [&](std::span<const double> drawn) { return figure_of_counts(cells, drawn); },
             options_for(replicates_for(looks, 10'000))),
         "cells");
  }

  // False when so many clusters with so many cells would not fit the memory.
  [[nodiscard]] bool by_cells_of_clusters() const {
    constexpr std::size_t most_figures = 20'000'000;
    const Cells cells = cells_of(rows_);
    const std::size_t width = cells.own.size();
    std::map<std::uint64_t, std::size_t> places;
    for (const std::uint64_t cluster : rows_.clusters) places.emplace(cluster, places.size());
    if (places.size() * width > most_figures) return false;
    std::vector<double> figures(places.size() * width, 0.0);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      figures[places.at(rows_.clusters[row]) * width + cells.of_row[row]] += 1;
    }
    take(stats::bootstrap_sums(
             {.figures = figures, .width = width},
             [&](std::span<const double> drawn) { return figure_of_counts(cells, drawn); },
             options_for(replicates_for(figures.size(), 10'000))),
         "clusters");
    return true;
  }

  // The figure of some of the rows, or the difference to the held version's.
  double figure_of_rows(std::span<const std::size_t> places) const {
    const MetricRows drawn = select_rows(rows_, places);
    const double own = figure_of(metric_, drawn, Whose::own);
    return rows_.is_compared ? own - figure_of(metric_, drawn, Whose::held) : own;
  }

  // Rows in random order; with clusters these are, and the rows of each stay together.
  [[nodiscard]] std::vector<std::size_t> shuffled() const {
    std::map<std::uint64_t, std::vector<std::size_t>> members;
    for (std::size_t row = 0; row < rows_.clusters.size(); ++row) members[rows_.clusters[row]].push_back(row);
    std::vector<std::size_t> order(members.empty() ? rows_.size() : members.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    stats::Random random{options_.seed};
    for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
    if (members.empty()) return order;
    std::vector<const std::vector<std::size_t>*> clusters;
    for (const auto& [name, places] : members) clusters.push_back(&places);
    std::vector<std::size_t> places;
    places.reserve(rows_.size());
    for (const std::size_t cluster : order) {
      places.insert(places.end(), clusters[cluster]->begin(), clusters[cluster]->end());
    }
    return places;
  }

  // From how the figures of random parts of the rows vary: n times the rows vary by a factor of sqrt(n) less.
  // Source: Politis, Romano and Wolf, "Subsampling" (1999), chapter 2.
  void by_parts() const {
    const std::vector<std::size_t> places = shuffled();
    std::vector<double> figures;
    const std::size_t size = places.size() / parts;
    for (std::size_t part = 0; part < parts; ++part) {
      figures.push_back(figure_of_rows(std::span{places}.subspan(part * size, size)));
    }
    result_.method = fmt::format("{} parts of {} rows", parts, size);
    if (!std::ranges::all_of(figures, [](double figure) { return std::isfinite(figure); })) {
      result_.interval = {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
      return;
    }
    // The mean of the parts varies as all rows do; a bias of small parts does not enter.
    const auto mean = stats::paired_mean(figures, options_.confidence);
    const double half = (mean.estimate.interval.high - mean.estimate.interval.low) / 2;
    const double figure = rows_.is_compared ? result_.value - *result_.held : result_.value;
    result_.interval = {figure - half, figure + half};
    if (!rows_.is_compared && !options_.bound) return;
    result_.p_value = p_of_distance(figure - options_.bound.value_or(0), mean.standard_error, mean.degrees);
    if (!rows_.is_compared) return;
    result_.test = "Student's t of parts";
    result_.why = "no formula tells its spread, and drawing so many rows takes minutes";
  }

  std::string_view metric_;
  const MetricRows& rows_;
  const EstimateOptions& options_;
  MetricEstimate& result_;
};

}  // namespace

void estimate_by_drawing(std::string_view metric, const MetricRows& rows, const EstimateOptions& options,
                         MetricEstimate& result) {
  const Drawing drawing{metric, rows, options, result};
  if (rows.clusters.empty()) {
    drawing.by_rows();
  } else {
    drawing.by_clusters();
  }
}

}  // namespace mlops::app
