// `monitor`: what production sends a version, counted batch by batch and held against the data it was trained on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/monitoring.hpp>

namespace mlops::app {

struct RecordRequest {
  std::string reference;                    // MODEL@REF
  std::optional<DataRequest> data;          // the inputs of a batch
  std::optional<DataRequest> predictions;   // of the batch, or without inputs a batch of their own
  std::optional<DataRequest> outcomes;      // truths of predictions, of whatever batch
  std::optional<DataRequest> holdout;       // the version's predictions where the truth is known, to calibrate on
  std::optional<DataRequest> held_against;  // the reference to keep, when there is none yet
  std::optional<std::string> at;            // of the data; now otherwise
  bool dry_run = false;
};

struct RecordedBatch {
  domain::Batch batch;  // without an id in a dry run
  bool is_new = true;   // false: the same data was recorded before
};

struct RecordedOutcomes {
  domain::Outcomes outcomes;  // without an id in a dry run
  bool is_new = true;         // false: the same were recorded before
  std::uint64_t added = 0;    // truths of predictions that had none
  std::uint64_t changed = 0;  // truths that were others before
};

struct RecordOutcome {
  domain::VersionId version;
  std::optional<domain::MonitorReference> kept_reference;  // by this command
  std::optional<domain::MonitorHoldout> kept_holdout;      // the same
  std::vector<RecordedBatch> batches;
  std::optional<RecordedOutcomes> outcomes;
  std::vector<domain::Batch> measured;  // batches of before whose predictions got truths, or their first estimate
  std::string why_no_estimate;          // of the batches with predictions; "" when there is one, or nothing to estimate
};

// Error{usage} for a table that can't be read or has no rows, and for a time that lies in the future; Error{not_found}
// without a reference to hold inputs against; Error{conflict} for another reference than the one that is kept, and for
// other predictions than a batch has.
RecordOutcome record(Workspace& workspace, const RecordRequest& request);

struct BatchListOutcome {
  domain::VersionId version;
  std::optional<domain::MonitorReference> reference;  // nullopt before the first batch
  std::vector<domain::Batch> batches;                 // newest first
};
BatchListOutcome list_batches(Workspace& workspace, const std::string& reference, std::size_t limit);

// The newest batches of a version by the time of their data, newest first.
std::vector<domain::BatchFacts> batch_facts(store::ReadTransaction& view, const domain::VersionId& version,
                                            std::size_t limit);

}  // namespace mlops::app
