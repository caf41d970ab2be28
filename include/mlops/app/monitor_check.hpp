// `monitor check`: whether what production sends a version, and what it answers, is still what it was made for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/dataset_drift.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/stats/interval.hpp>

namespace mlops::app {

struct HealthRequest {
  std::string reference;
  std::size_t last = 1;  // how many of the newest batches with inputs, and of those with predictions, must be healthy
};

// What was found. A bad one makes the version unhealthy; a notice is told only.
struct MonitorFinding {
  std::string kind;  // "drift", "column.gone", "column.new", "missing", "unfit", "unseen", "outside",
                     // "predictions", "performance", "stopped"
  bool is_bad = false;
  std::int64_t batch = 0;  // 0: of no batch
  std::string column;      // "" where it is about none
  std::string what;        // one sentence without a period
};

// What cells of one feature say of themselves.
struct ColumnHealth {
  std::string name;
  double missing = 0;                 // shares of the batch's rows
  double reference_missing = 0;       // of the reference's
  double unfit = 0;                   // texts in a column of numbers
  double unseen = 0;                  // texts that the reference does not have; 0 where not all of its texts are known
  double outside = 0;                 // numbers below the reference's smallest or above its largest
  std::vector<std::string> examples;  // of the unseen ones
};

struct WatchedPart {
  std::string metric;
  domain::CheckResult result = domain::CheckResult::error;
  std::string source;  // "outcomes", "estimate"
  std::optional<double> value;
  std::optional<stats::Interval> interval;
  std::int64_t count = 0;  // rows
  std::string reason;      // why it could not be told
};

struct WatchedCondition {
  std::string condition;  // as written
  domain::CheckResult result = domain::CheckResult::error;
  std::vector<WatchedPart> parts;
};

struct CheckedBatch {
  domain::Batch batch;
  std::optional<DriftOutcome> drift;             // nullopt without inputs, or when enough newer batches have them
  std::vector<ColumnHealth> columns;             // of its inputs
  std::optional<DriftOutcome> prediction_drift;  // nullopt without predictions, or nothing to hold them against
  std::string predictions_against;               // "the holdout", "batch 3"; why there is none; "" when not asked about
  std::vector<WatchedCondition> conditions;      // none without predictions, or when enough newer batches have them
};

struct HealthOutcome {
  domain::VersionId version;
  std::string stage;  // whose gate's conditions were taken; "" when [model.NAME.monitor] has its own
  std::optional<domain::MonitorReference> reference;
  std::optional<domain::MonitorHoldout> holdout;
  std::vector<CheckedBatch> batches;     // newest first
  std::vector<domain::Batch> history;    // oldest first, the checked ones included
  std::vector<MonitorFinding> findings;  // bad ones first
  Timestamp at;
  [[nodiscard]] bool is_healthy() const;
};

// Error{not_found} for a version without batches, unless batches are expected of it.
HealthOutcome check_version(Workspace& workspace, const HealthRequest& request);

Json to_json(const MonitorFinding& finding);
Json to_json(const CheckedBatch& checked);
Json to_json(const HealthOutcome& outcome);

}  // namespace mlops::app
