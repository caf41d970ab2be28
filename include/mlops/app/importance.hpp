// `importance`: what a version's predictions lose when a column of the holdout is shuffled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/stats/importance.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

struct ImportanceRequest {
  std::string reference;
  std::vector<std::string> columns;   // every column that is data for the model, otherwise
  std::size_t repeats = 5;            // shuffles of each column
  std::optional<std::string> metric;  // that the model's last gate asks for, otherwise
  std::uint64_t seed = 0;
  std::optional<std::string> against;  // another version
};

struct ColumnImportance {
  std::string column;
  std::vector<double> lost;  // by each shuffle, positive when the metric got worse
  stats::Importance importance;
};

struct VersionImportance {
  domain::VersionId version;
  double baseline = 0;                    // the metric on the holdout as it is
  std::vector<ColumnImportance> columns;  // the most important first
  std::size_t calls = 0;                  // of the prediction command for shuffled data; 0: all was known before
  bool is_batched = false;                // several shuffled copies were predicted by one call
};

struct ImportanceChange {
  std::string column;
  double difference = 0;   // its importance less that in the other version
  bool has_moved = false;  // the two intervals have nothing in common
};

struct ImportanceOutcome {
  std::string metric;
  bool higher_is_better = true;
  std::string data;  // the holdout's path
  Digest digest;
  std::size_t rows = 0;
  std::size_t repeats = 0;
  std::uint64_t seed = 0;
  VersionImportance own;
  std::optional<VersionImportance> other;
  std::optional<double> rank_correlation;  // nullopt without another version, and where it is not defined
  std::vector<ImportanceChange> changes;   // the largest first
};

// Error{usage} for columns and metrics that can't be, Error{failed} when the prediction command fails.
ImportanceOutcome measure_importance(Workspace& workspace, const ImportanceRequest& request);

Json to_json(const ImportanceOutcome& outcome);

}  // namespace mlops::app
