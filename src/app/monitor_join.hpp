// Predictions and outcomes of a version on their way into the registry: joined by id, measured, and put back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/monitor.hpp>
#include <mlops/domain/policy.hpp>

#include "kept_predictions.hpp"
#include "monitor_performance.hpp"

namespace mlops::app {

// What the version's batches and outcomes were when they were read; another process may have added to them since.
struct SeenState {
  std::vector<domain::Batch> batches;  // newest first
  std::vector<domain::Outcomes> outcomes;
  std::optional<domain::MonitorHoldout> holdout;
  friend bool operator==(const SeenState&, const SeenState&) = default;
};
SeenState state_of(store::ReadTransaction& view, const domain::VersionId& version);

// Puts bytes into the artifact store, or only tells their digest.
using Keep = std::function<Digest(const std::string& bytes)>;

// Measures the predictions of batches.
class BatchMeasurer {
 public:
  // References must outlive it. `holdout`: what is kept, or about to be.
  BatchMeasurer(Workspace& workspace, const domain::PredictionRecipe& recipe, const SeenState& seen,
                std::optional<KeptPredictions> holdout);

  // "metrics.…", "estimate.…" and "prediction.…" of the batch; all others stay.
  void measure(domain::Batch& batch, const KeptPredictions& kept);
  // Why nothing can be estimated; "" when something can.
  [[nodiscard]] const std::string& why_no_estimate() const { return why_no_estimate_; }

 private:
  void add_prediction_drift(domain::Batch& batch, const KeptPredictions& kept);

  Workspace& workspace_;
  const domain::PredictionRecipe& recipe_;
  const SeenState& seen_;
  std::optional<KeptPredictions> holdout_;
  std::optional<PerformanceEstimator> estimator_;
  std::string why_no_estimate_;
};

// What later predictions are held against: the holdout's, or else those of the oldest batch that has any.
struct PredictionBase {
  std::string name;              // "the holdout", "batch 3"
  std::int64_t batch = 0;        // of the second
  std::optional<Digest> object;  // nullopt without either
};
PredictionBase prediction_base(const SeenState& seen);

}  // namespace mlops::app
