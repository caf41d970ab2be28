#include "evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

#include <fmt/core.h>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/noninferiority.hpp>
#include <mlops/stats/roc.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "group_fairness.hpp"

namespace mlops::app {

namespace {

using domain::MetricNeeds;
using domain::PredictionCondition;

using Slices = std::map<std::string, std::vector<std::size_t>>;

[[noreturn]] void fail_measure(std::string text) { throw Error{ErrorKind::failed, std::move(text)}; }

std::uint32_t place_of_label(const std::vector<std::string>& classes, std::string_view label) {
  const auto found = std::ranges::find(classes, label_text(label));
  if (found != classes.end()) return static_cast<std::uint32_t>(found - classes.begin());
  constexpr std::size_t classes_told = 10;
  const std::span<const std::string> told{classes.data(), std::min(classes.size(), classes_told)};
  fail_measure(fmt::format("there is no class `{}`; there are {}{}", printable(label), printable(join(told, ", ")),
                           classes.size() > classes_told ? ", …" : ""));
}

// The class asked for, or the positive one of a task with two classes or a policy that names it.
std::optional<std::uint32_t> label_of(const PredictionCondition& condition, const domain::PredictionRecipe& recipe,
                                      const std::vector<std::string>& classes) {
  if (condition.label) return place_of_label(classes, *condition.label);
  if (recipe.positive) return place_of_label(classes, *recipe.positive);
  if (classes.size() <= 2) return static_cast<std::uint32_t>(classes.size() - 1);
  return std::nullopt;
}

class RowsReader {
 public:
  RowsReader(const PredictionCondition& condition, const PredictionColumns& own, const PredictionColumns* held)
      : condition_{condition}, own_{own}, held_{held}, recipe_{own.recipe()} {}

  MetricRows read() const {
    MetricRows rows;
    rows.is_compared = held_ != nullptr;
    switch (domain::find_prediction_metric(condition_.metric)->needs) {
      case MetricNeeds::latency:
        read_numbers(recipe_.latency, rows);
        break;
      case MetricNeeds::numbers:
        rows.true_number = own_.numbers(recipe_.truth);
        read_numbers(recipe_.prediction, rows);
        break;
      case MetricNeeds::scores:
        read_scores(rows);
        break;
      default:
        read_labels(rows);
    }
    if (own_.has(recipe_.weight)) rows.weights = own_.numbers(recipe_.weight);
    return rows;
  }

 private:
  void read_numbers(const std::string& column, MetricRows& rows) const {
    rows.number = own_.numbers(column);
    if (held_ != nullptr) rows.held_number = held_->numbers(column);
  }

  void read_labels(MetricRows& rows) const {
    const auto truth = label_texts(own_, recipe_.truth);
    const auto predicted = label_texts(own_, recipe_.prediction);
    std::vector<std::string> held;
    if (held_ != nullptr) held = label_texts(*held_, recipe_.prediction);
    const auto classes = classes_of({&truth, &predicted, &held});
    rows.classes = static_cast<std::uint32_t>(classes.size());
    rows.truth = indexes_of(truth, classes);
    rows.predicted = indexes_of(predicted, classes);
    rows.held_predicted = indexes_of(held, classes);
    rows.label = label_of(condition_, recipe_, classes);
  }

  void read_scores(MetricRows& rows) const {
    const auto truth = label_texts(own_, recipe_.truth);
    const auto classes = classes_of({&truth});
    rows.classes = static_cast<std::uint32_t>(classes.size());
    rows.truth = indexes_of(truth, classes);
    rows.label = label_of(condition_, recipe_, classes);
    if (!rows.label) {
      fail_measure(
          fmt::format("the score of which of {} classes? say so with `positive` in the policy", classes.size()));
    }
    read_numbers(recipe_.score, rows);
  }

  const PredictionCondition& condition_;
  const PredictionColumns& own_;
  const PredictionColumns* held_;
  const domain::PredictionRecipe& recipe_;
};

// The rows of each combination of values that occurs.
Slices slices_of(const PredictionCondition& condition, const PredictionColumns& columns) {
  Slices slices;
  if (condition.by.empty()) {
    std::vector<std::size_t> all(columns.rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    slices.emplace("", std::move(all));
    return slices;
  }
  const auto names = slice_names(condition.by, columns);
  for (std::size_t row = 0; row < names.size(); ++row) slices[names[row]].push_back(row);
  return slices;
}

// What would have to be planned for a clear answer, from the width of the interval.
void plan(checks::MeasuredSlice& slice, const PredictionCondition& condition, double confidence) {
  const double standard_error = (slice.high - slice.low) / (2 * stats::normal_quantile((1 + confidence) / 2));
  if (!std::isfinite(standard_error) || !(standard_error > 0)) return;
  const stats::Plan planned{.alpha = (1 - confidence) / 2};
  const double figure = slice.other ? slice.value - *slice.other : slice.value;
  slice.detectable = stats::minimal_detectable_effect(standard_error, planned);
  slice.rows_needed = stats::rows_needed(standard_error, slice.count, std::abs(figure - condition.value), planned);
}

Json curve_of(const MetricRows& rows) {
  Json::Array points;
  for (const auto& point : stats::roc_curve({rows.truth, rows.number, rows.label.value_or(1), rows.weights}, 100)) {
    points.emplace_back(Json::Array{point.false_positive_rate, point.true_positive_rate});
  }
  return Json{std::move(points)};
}

}  // namespace

MetricRows read_metric_rows(const PredictionCondition& condition, const PredictionColumns& own,
                            const PredictionColumns* held) {
  return RowsReader{condition, own, held}.read();
}

checks::Measurement Evaluation::measure(const PredictionCondition& condition) {
  try {
    return measure_rows(condition);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    checks::Measurement measured;
    measured.fault = error.message();
    return measured;
  }
}

checks::Measurement Evaluation::measure_rows(const PredictionCondition& condition) {
  const domain::PredictionRecipe& recipe = maker_.recipe();
  checks::Measurement measured;
  const Predictions& own = maker_.of(version_);
  const PredictionColumns columns{own, recipe};
  Json details = Json::object({{"data", own.data.text()},
                               {"predictions", own.digest.text()},
                               {"reused", own.is_reused},
                               {"confidence", recipe.confidence},
                               {"seed", recipe.seed}});

  std::optional<PredictionColumns> held_columns;
  const auto holder = condition.stage ? find_holder_(*condition.stage) : std::nullopt;
  const bool is_holder = holder && holder->version == version_;
  if (holder) {
    measured.holder = holder->version;
    if (is_holder) {
      measured.note = fmt::format("it holds {} itself", *condition.stage);
    } else {
      const Predictions& held = maker_.of(holder->version);
      held_columns.emplace(held, columns);
      details.set("reference_predictions", held.digest.text());
    }
  }

  if (domain::find_prediction_metric(condition.metric)->needs == MetricNeeds::groups) {
    measured.slices.push_back(measure_fairness(condition, columns, details));
    measured.details = std::move(details);
    return measured;
  }
  const MetricRows rows = read_metric_rows(condition, columns, held_columns ? &*held_columns : nullptr);
  const EstimateOptions options{.confidence = recipe.confidence, .seed = static_cast<std::uint64_t>(recipe.seed)};
  for (const auto& [name, places] : slices_of(condition, columns)) {
    const auto count = static_cast<std::int64_t>(places.size());
    if (!condition.by.empty() && count < recipe.min_slice) {
      measured.too_small.emplace_back(name, count);
      continue;
    }
    const MetricRows selected = condition.by.empty() ? rows : select_rows(rows, places);
    const MetricEstimate found = estimate_metric(condition.metric, selected, options);
    checks::MeasuredSlice slice;
    slice.name = name;
    slice.count = count;
    slice.value = found.value;
    slice.other = found.held;
    slice.low = found.interval.low;
    slice.high = found.interval.high;
    if (is_holder) {
      slice.other = slice.value;
      slice.low = slice.high = 0;
    }
    plan(slice, condition, recipe.confidence);
    measured.slices.push_back(std::move(slice));
    details.set("method", found.method);
  }
  if (condition.metric == "auc" && condition.by.empty()) details.set("roc", curve_of(rows));
  measured.details = std::move(details);
  return measured;
}

}  // namespace mlops::app
