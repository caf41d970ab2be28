// `dataset drift`: whether the columns of one table have changed against those of another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/stats/column_drift.hpp>

namespace mlops::app {

struct DriftRequest {
  DataRequest reference;
  DataRequest current;
  std::vector<std::string> columns;  // only these; all otherwise
  std::optional<double> share;       // of drifted columns from which the data counts as drifted
};

struct DriftOutcome {
  stats::DatasetDrift drift;
  std::vector<std::string> only_in_reference;
  std::vector<std::string> only_in_current;
  // Texts of which nearly every row has another, such as names and ids: nothing to compare.
  std::vector<std::string> left_out;
  [[nodiscard]] bool has_drifted() const;
};

// Both tables are held in memory. Error{not_found} and {usage} as of profile_dataset(), also for columns that are asked
// for and aren't there.
DriftOutcome compare_drift(const Context& context, const DriftRequest& request);

// The same of tables in memory. Error{usage} for columns that are asked for and are not in the reference.
DriftOutcome compare_tables(const formats::Table& reference, const formats::Table& current,
                            const std::vector<std::string>& columns, const stats::DriftRules& rules);

Json to_json(const DriftOutcome& outcome);
// One column of it.
Json to_json(const stats::ColumnDrift& column);

}  // namespace mlops::app
