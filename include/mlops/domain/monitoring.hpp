// What production sends a version, counted: the reference that was frozen for it, the batches held against that, and
// the outcomes that became known later. Reference: docs/monitoring.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/names.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

// What all batches of a version are held against. It never changes once it is kept.
struct MonitorReference {
  VersionId version;
  std::string source;        // "churn.train@2", or the file's name
  Digest data;               // of the table's bytes
  std::uint64_t rows = 0;    // of the table
  std::int64_t columns = 0;  // of the table
  Digest frozen;             // the object with its bins and the counts in them
  Timestamp at;
  std::string by;
  friend bool operator==(const MonitorReference&, const MonitorReference&) = default;
};

// What the version says of rows whose truth is known and that it was not trained on: later predictions are held
// against it, and scores are calibrated on it.
struct MonitorHoldout {
  VersionId version;
  std::string source;      // "the holdout data/test.csv", or the file's name
  Digest content;          // of the file that it was read from
  Digest predictions;      // the object with id, truth, prediction and score
  std::uint64_t rows = 0;  // of it
  Timestamp at;
  std::string by;
  friend bool operator==(const MonitorHoldout&, const MonitorHoldout&) = default;
};

// The predictions of a batch, kept by id because outcomes join them later.
struct BatchPredictions {
  Digest content;  // of the file that they were read from
  Digest object;   // id, prediction, score, and truth as far as it is known
  std::uint64_t rows = 0;
  std::uint64_t known = 0;  // rows whose truth is known
  friend bool operator==(const BatchPredictions&, const BatchPredictions&) = default;
};

// What is known of a batch in numbers, by name: see BatchFacts. All are finite.
using BatchFigures = Metrics;

// A stretch of production inputs, counted into the bins of the version's reference.
struct Batch {
  std::int64_t id = 0;
  VersionId version;
  std::string source;            // the file, or "stdin"
  Digest content;                // of its inputs, or of its predictions where there are no inputs: the same comes once
  std::uint64_t rows = 0;        // of its inputs, or of its predictions
  std::optional<Digest> counts;  // of the counts that the store keeps beside it; nullopt without inputs
  std::optional<BatchPredictions> predictions;
  BatchFigures figures;
  Timestamp at;  // of the batch's data
  Timestamp recorded_at;
  std::string recorded_by;
  friend bool operator==(const Batch&, const Batch&) = default;
};

// Truths that became known, by the ids of predictions.
struct Outcomes {
  std::int64_t id = 0;
  VersionId version;
  std::string source;
  Digest content;  // of the file that they were read from: the same comes once
  Digest object;   // id and truth
  std::uint64_t rows = 0;
  Timestamp at;
  std::string by;
  friend bool operator==(const Outcomes&, const Outcomes&) = default;
};

// What is known of one batch in numbers, by the names that triggers use:
//   "drift.share"                  drifted features / features
//   "drift.psi", "drift.wasserstein", …   the largest of the batch's features whose figure is above what chance
//   explains
//                                  (else 0)
//   "drift.COLUMN.psi", …          of one feature
//   "missing.share" and "missing.COLUMN"
//   "metrics.NAME"                 from outcomes, absent while none is known
//   "estimate.NAME"                estimated without outcomes, absent where it cannot be
struct BatchFacts {
  std::int64_t batch = 0;  // id
  VersionId version;
  Timestamp at;  // of the batch's data
  Timestamp recorded_at;
  std::uint64_t rows = 0;
  std::map<std::string, double> figures;
};

// By which the counts of a batch are known to be what was recorded.
Digest digest_of_counts(const std::vector<std::uint8_t>& counts);

std::string subject_of(const MonitorReference& reference);  // monitor/churn@7
std::string subject_of(const MonitorHoldout& holdout);      // holdout/churn@7
std::string subject_of(const Batch& batch);                 // batch/12
std::string subject_of(const Outcomes& outcomes);           // outcomes/3

// Throws Error{integrity} on another shape.
BatchFigures figures_from_json(const Json& json);

Json to_json(const MonitorReference& reference);
Json to_json(const MonitorHoldout& holdout);
Json to_json(const Batch& batch);
Json to_json(const Outcomes& outcomes);
// As events hold it: the figures, which may be hundreds, as a digest; of them only "drift.share".
Json event_state(const Batch& batch);

}  // namespace mlops::domain
