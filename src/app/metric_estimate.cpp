#include "metric_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include <fmt/core.h>

#include <mlops/stats/bootstrap.hpp>
#include <mlops/stats/delong.hpp>
#include <mlops/stats/means.hpp>
#include <mlops/stats/paired_proportions.hpp>
#include <mlops/stats/proportion.hpp>
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

template <typename T>
void select_values(const std::vector<T>& from, std::span<const std::size_t> places, std::vector<T>& to) {
  if (from.empty()) return;
  to.reserve(places.size());
  for (const std::size_t place : places) to.push_back(from[place]);
}

// A metric that is the share of some rows: of these rows it counts those.
struct Share {
  std::function<bool(std::size_t row, Whose whose)> is_of;
  std::function<bool(std::size_t row, Whose whose)> counts;
};

// More is known of a share than a bootstrap finds out: all of 30 rows right is no certainty.
std::optional<Share> share_of_rows(std::string_view metric, const MetricRows& rows) {
  const auto predicted = [&rows](std::size_t row, Whose whose) {
    return whose == Whose::own ? rows.predicted[row] : rows.held_predicted[row];
  };
  const auto all = [](std::size_t, Whose) { return true; };
  if (metric == "accuracy") {
    return Share{all,
                 [&rows, predicted](std::size_t row, Whose whose) { return predicted(row, whose) == rows.truth[row]; }};
  }
  if (!rows.label) return std::nullopt;
  const std::uint32_t label = *rows.label;
  const auto is_label = [&rows, label](std::size_t row, Whose) { return rows.truth[row] == label; };
  const auto is_other = [&rows, label](std::size_t row, Whose) { return rows.truth[row] != label; };
  const auto says_label = [predicted, label](std::size_t row, Whose whose) { return predicted(row, whose) == label; };
  const auto says_other = [predicted, label](std::size_t row, Whose whose) { return predicted(row, whose) != label; };
  if (metric == "recall") return Share{is_label, says_label};
  if (metric == "specificity") return Share{is_other, says_other};
  if (metric == "positive_rate") return Share{all, says_label};
  // Two versions call different rows positive, so that their precisions are no shares of the same rows.
  if (metric == "precision" && !rows.is_compared) return Share{says_label, is_label};
  return std::nullopt;
}

stats::Interval interval_of_share(const Share& share, const MetricRows& rows, double confidence) {
  stats::Proportion own;
  stats::Discordant discordant;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!share.is_of(row, Whose::own)) continue;
    ++own.trials;
    const bool counts = share.counts(row, Whose::own);
    own.successes += counts ? 1 : 0;
    if (!rows.is_compared || counts == share.counts(row, Whose::held)) continue;
    ++(counts ? discordant.only_second : discordant.only_first);
  }
  if (!rows.is_compared) return stats::wilson_interval(own, confidence);
  return stats::paired_difference(discordant, own.trials, confidence).interval;
}

// How many of each combination of truth, prediction and the held version's prediction there are.
struct Cells {
  std::vector<std::int64_t> counts;
  std::vector<std::size_t> own;   // of each cell: its place in the own confusion matrix
  std::vector<std::size_t> held;  // and in the held version's
};

Cells cells_of(const MetricRows& rows) {
  const std::size_t classes = rows.classes;
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> counts;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::size_t own = rows.truth[row] * classes + rows.predicted[row];
    const std::size_t held = rows.is_compared ? rows.truth[row] * classes + rows.held_predicted[row] : own;
    ++counts[{own, held}];
  }
  Cells cells;
  for (const auto& [places, count] : counts) {
    cells.counts.push_back(count);
    cells.own.push_back(places.first);
    cells.held.push_back(places.second);
  }
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
  if (interval.high > interval.low) return interval;
  const double unseen = rows == 0 ? 1 : 1 - std::pow((1 - confidence) / 2, 1 / static_cast<double>(rows));
  return {interval.low - unseen, interval.high + unseen};
}

std::string bootstrap_method(std::string_view of, const stats::Bootstrap& result) {
  return fmt::format("bootstrap of {}, {}, {} replicates", of,
                     result.interval == stats::BootstrapInterval::bca ? "BCa" : "percentile", result.replicates);
}

class Estimator {
 public:
  Estimator(std::string_view metric, const MetricRows& rows, const EstimateOptions& options)
      : metric_{metric}, rows_{rows}, options_{options} {}

  MetricEstimate estimate() const {
    MetricEstimate result;
    result.value = figure_of(metric_, rows_, Whose::own);
    if (rows_.is_compared) result.held = figure_of(metric_, rows_, Whose::held);
    const auto share = rows_.weights.empty() ? share_of_rows(metric_, rows_) : std::nullopt;
    if (share) {
      result.interval = interval_of_share(*share, rows_, options_.confidence);
      result.method = rows_.is_compared ? "Tango" : "Wilson";
    } else if (is_of_labels(metric_) && rows_.weights.empty()) {
      by_cells(result);
    } else if (metric_ == "auc" && rows_.weights.empty()) {
      by_ranks(result);
    } else if (rows_.weights.empty() && !figures_by_row(metric_, rows_, Whose::own).empty()) {
      by_means(result);
    } else {
      by_rows(result);
    }
    return result;
  }

 private:
  stats::BootstrapOptions bootstrap_options(std::int64_t replicates) const {
    stats::BootstrapOptions options;
    options.replicates = replicates;
    options.confidence = options_.confidence;
    options.seed = options_.seed;
    return options;
  }

  void by_cells(MetricEstimate& result) const {
    const Cells cells = cells_of(rows_);
    const auto statistic = [&](std::span<const double> counts) {
      const double own = figure_of_cells(metric_, rows_, counts, cells.own);
      return rows_.is_compared ? own - figure_of_cells(metric_, rows_, counts, cells.held) : own;
    };
    const std::size_t looks = std::size_t{rows_.classes} * rows_.classes;
    const auto found =
        stats::bootstrap_cells(cells.counts, statistic, bootstrap_options(replicates_for(looks, 10'000)));
    result.interval = widened(found.estimate.interval, rows_behind(metric_, rows_), options_.confidence);
    result.method = bootstrap_method("cells", found);
  }

  void by_ranks(MetricEstimate& result) const {
    std::vector<std::uint8_t> labels;
    labels.reserve(rows_.size());
    for (const std::uint32_t truth : rows_.truth) labels.push_back(truth == rows_.label.value_or(1) ? 1 : 0);
    result.method = "DeLong";
    if (rows_.is_compared) {
      const auto compared = stats::compare_aucs(rows_.held_number, rows_.number, labels, options_.confidence);
      result.interval = compared.difference.interval;
    } else {
      result.interval = stats::auc_with_variance(rows_.number, labels, options_.confidence).estimate.interval;
    }
  }

  void by_means(MetricEstimate& result) const {
    std::vector<double> figures = figures_by_row(metric_, rows_, Whose::own);
    if (rows_.is_compared) {
      const std::vector<double> held = figures_by_row(metric_, rows_, Whose::held);
      for (std::size_t row = 0; row < figures.size(); ++row) figures[row] -= held[row];
    }
    result.interval = stats::paired_mean(figures, options_.confidence).estimate.interval;
    result.method = rows_.is_compared ? "Student's t of paired differences" : "Student's t";
  }

  // The figure of some of the rows, or the difference to the held version's.
  double figure_of_rows(std::span<const std::size_t> places) const {
    const MetricRows drawn = select_rows(rows_, places);
    const double own = figure_of(metric_, drawn, Whose::own);
    return rows_.is_compared ? own - figure_of(metric_, drawn, Whose::held) : own;
  }

  // From how the figures of random parts of the rows vary: n times the rows vary by a factor of sqrt(n) less.
  // Source: Politis, Romano and Wolf, "Subsampling" (1999), chapter 2.
  void by_parts(MetricEstimate& result) const {
    std::vector<std::size_t> places(rows_.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    stats::Random random{options_.seed};
    for (std::size_t i = places.size() - 1; i > 0; --i) std::swap(places[i], places[random.below(i + 1)]);
    std::vector<double> figures;
    const std::size_t size = places.size() / parts;
    for (std::size_t part = 0; part < parts; ++part) {
      figures.push_back(figure_of_rows(std::span{places}.subspan(part * size, size)));
    }
    result.method = fmt::format("{} parts of {} rows", parts, size);
    if (!std::ranges::all_of(figures, [](double figure) { return std::isfinite(figure); })) {
      result.interval = {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
      return;
    }
    // The mean of the parts varies as all rows do; a bias of small parts does not enter.
    const auto mean = stats::paired_mean(figures, options_.confidence);
    const double half = (mean.estimate.interval.high - mean.estimate.interval.low) / 2;
    const double figure = rows_.is_compared ? result.value - *result.held : result.value;
    result.interval = {figure - half, figure + half};
  }

  void by_rows(MetricEstimate& result) const {
    if (rows_.size() > most_drawn_rows) return by_parts(result);
    const auto statistic = [&](std::span<const std::size_t> places) { return figure_of_rows(places); };
    const auto found =
        stats::bootstrap_rows(rows_.size(), statistic, bootstrap_options(replicates_for(rows_.size(), 2'000)));
    result.interval = found.estimate.interval;
    result.method = bootstrap_method("rows", found);
  }

  std::string_view metric_;
  const MetricRows& rows_;
  EstimateOptions options_;
};

}  // namespace

std::size_t MetricRows::size() const { return std::max({truth.size(), true_number.size(), number.size()}); }

MetricRows select_rows(const MetricRows& rows, std::span<const std::size_t> places) {
  MetricRows selected;
  selected.classes = rows.classes;
  selected.label = rows.label;
  selected.is_compared = rows.is_compared;
  select_values(rows.truth, places, selected.truth);
  select_values(rows.predicted, places, selected.predicted);
  select_values(rows.held_predicted, places, selected.held_predicted);
  select_values(rows.true_number, places, selected.true_number);
  select_values(rows.number, places, selected.number);
  select_values(rows.held_number, places, selected.held_number);
  select_values(rows.weights, places, selected.weights);
  return selected;
}

MetricEstimate estimate_metric(std::string_view metric, const MetricRows& rows, const EstimateOptions& options) {
  return Estimator{metric, rows, options}.estimate();
}

}  // namespace mlops::app
