#include "evaluation.hpp"

#include <fmt/core.h>

#include <mlops/stats/roc.hpp>
#include <mlops/support/error.hpp>

#include "group_fairness.hpp"
#include "metric_rows.hpp"
#include "slice_correction.hpp"

namespace mlops::app {

namespace {

using domain::MetricNeeds;
using domain::PredictionCondition;

Json curve_of(const MetricRows& rows) {
  Json::Array points;
  for (const auto& point : stats::roc_curve({rows.truth, rows.number, rows.label.value_or(1), rows.weights}, 100)) {
    points.emplace_back(Json::Array{point.false_positive_rate, point.true_positive_rate});
  }
  return Json{std::move(points)};
}

checks::MeasuredSlice slice_of(const PredictionCondition& condition, const MetricEstimate& found, double confidence,
                               bool is_holder) {
  checks::MeasuredSlice slice;
  slice.value = found.value;
  slice.other = found.held;
  slice.low = found.interval.low;
  slice.high = found.interval.high;
  if (is_holder) {
    slice.other = slice.value;
    slice.low = slice.high = 0;
  }
  const double figure = slice.other ? slice.value - *slice.other : slice.value;
  const Settling settling =
      what_would_settle({slice.low, slice.high}, found.count, figure - condition.value, confidence);
  slice.detectable = settling.detectable;
  slice.rows_needed = settling.rows;
  return slice;
}

}  // namespace

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
  EstimateOptions options{.confidence = recipe.confidence, .seed = static_cast<std::uint64_t>(recipe.seed)};
  // A comparison with nobody is not judged, and one with itself has no chance in it.
  if (!condition.by.empty() && condition.stage.has_value() == held_columns.has_value()) options.bound = condition.value;
  for (const auto& [name, places] : slices_of(condition, columns)) {
    const auto count = static_cast<std::int64_t>(places.size());
    if (!condition.by.empty() && count < recipe.min_slice) {
      measured.too_small.emplace_back(name, count);
      continue;
    }
    const MetricRows selected = condition.by.empty() ? rows : select_rows(rows, places);
    const MetricEstimate found = estimate_metric(condition.metric, selected, options);
    checks::MeasuredSlice slice = slice_of(condition, found, recipe.confidence, is_holder);
    slice.name = name;
    slice.count = count;
    if (options.bound) slice.p = p_of_being_worse(condition, slice, found.p_value.value_or(1));
    measured.slices.push_back(std::move(slice));
    details.set("method", found.method);
  }
  if (options.bound) correct_for_slices(measured, (1 - recipe.confidence) / 2);
  if (condition.metric == "auc" && condition.by.empty()) details.set("roc", curve_of(rows));
  measured.details = std::move(details);
  return measured;
}

}  // namespace mlops::app
