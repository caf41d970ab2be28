// `monitor`: what production sends a version, counted batch by batch and held against the data it was trained on.
#pragma once

#include <cstddef>
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
  std::optional<DataRequest> held_against;  // the reference to keep, when there is none yet
  std::optional<std::string> at;            // of the data; now otherwise
  bool dry_run = false;
};

struct RecordedBatch {
  domain::Batch batch;  // without an id in a dry run
  bool is_new = true;   // false: the same data was recorded before
};

struct RecordOutcome {
  domain::VersionId version;
  std::optional<domain::MonitorReference> kept_reference;  // by this command
  std::vector<RecordedBatch> batches;
};

// Error{usage} for a table that can't be read or has no rows, and for a time that lies in the future; Error{not_found}
// without a reference to hold it against; Error{conflict} for another reference than the one that is kept.
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
