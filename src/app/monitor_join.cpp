#include "monitor_join.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

namespace mlops::app {

namespace {

bool is_of_predictions(const std::string& figure) {
  return figure.starts_with("metrics.") || figure.starts_with("estimate.") || figure.starts_with("prediction.");
}

}  // namespace

SeenState state_of(store::ReadTransaction& view, const domain::VersionId& version) {
  return {.batches = view.batches(version, std::numeric_limits<std::size_t>::max()),
          .outcomes = view.outcomes(version),
          .holdout = view.monitor_holdout(version)};
}

PredictionBase prediction_base(const SeenState& seen) {
  if (seen.holdout) return {.name = "the holdout", .batch = 0, .object = seen.holdout->predictions};
  PredictionBase base;
  for (const domain::Batch& batch : seen.batches) {
    if (!batch.predictions || (base.object && base.batch < batch.id)) continue;
    base = {.name = fmt::format("batch {}", batch.id), .batch = batch.id, .object = batch.predictions->object};
  }
  return base;
}

BatchMeasurer::BatchMeasurer(Workspace& workspace, const domain::PredictionRecipe& recipe, const SeenState& seen,
                             std::optional<KeptPredictions> holdout)
    : workspace_{workspace}, recipe_{recipe}, seen_{seen}, holdout_{std::move(holdout)} {
  if (!holdout_) {
    why_no_estimate_ = "there are no predictions of a holdout to calibrate on";
    return;
  }
  try {
    estimator_.emplace(*holdout_, recipe_);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    why_no_estimate_ = error.message();
  }
}

void BatchMeasurer::measure(domain::Batch& batch, const KeptPredictions& kept) {
  std::erase_if(batch.figures, [](const auto& figure) { return is_of_predictions(figure.first); });
  batch.figures.merge(metric_figures(kept, recipe_));
  if (estimator_) {
    try {
      batch.figures.merge(estimator_->figures(kept));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      why_no_estimate_ = error.message();
    }
  }
  add_prediction_drift(batch, kept);
}

void BatchMeasurer::add_prediction_drift(domain::Batch& batch, const KeptPredictions& kept) {
  const PredictionBase base = prediction_base(seen_);
  const bool is_first = !holdout_ && (!base.object || base.batch == batch.id);
  if (is_first) return;
  try {
    const DriftOutcome outcome =
        prediction_drift(holdout_ ? *holdout_ : load_predictions_object(workspace_, *base.object), kept);
    for (const stats::ColumnDrift& column : outcome.drift.columns) {
      for (const stats::DriftFigure& figure : column.figures) {
        if (std::isfinite(figure.value)) {
          batch.figures[fmt::format("prediction.{}", name_of(figure.statistic))] = figure.value;
        }
      }
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
  }
}

}  // namespace mlops::app
