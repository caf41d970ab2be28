// `dataset drift`: whether the columns of one table have changed against those of another.
#pragma once

#include <filesystem>
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
  bool in_bins = false;              // also where both tables would fit the memory
};

struct DriftOutcome {
  stats::DatasetDrift drift;
  std::vector<std::string> only_in_reference;
  std::vector<std::string> only_in_current;
  // Texts of which nearly every row has another, such as names and ids: nothing to compare.
  std::vector<std::string> left_out;
  bool is_in_bins = false;  // from counts in the reference's bins instead of values
  [[nodiscard]] bool has_drifted() const;
};

// Files of so many bytes together are held in memory; larger ones are counted into the reference's bins, in memory that
// does not grow with them.
inline constexpr std::uint64_t most_held_bytes = std::uint64_t{1} << 30;

// Error{not_found} and {usage} as of profile_dataset(), also for columns that are asked
// for and aren't there.
DriftOutcome compare_drift(const Context& context, const DriftRequest& request);

// The same of tables in memory. Error{usage} for columns that are asked for and are not in the reference.
DriftOutcome compare_tables(const formats::Table& reference, const formats::Table& current,
                            const std::vector<std::string>& columns, const stats::DriftRules& rules);

struct DriftTable {
  const ByteSource& bytes;
  const formats::TableOptions& options;
  // Where its bins and counts are kept, once they were made; nullopt: nowhere.
  std::optional<std::filesystem::path> kept_at = std::nullopt;
};
// From values or counts, as their size asks for.
DriftOutcome compare_sources(const DriftTable& reference, const DriftTable& current,
                             const std::vector<std::string>& columns, const stats::DriftRules& rules,
                             bool in_bins = false);

Json to_json(const DriftOutcome& outcome);
// One column of it.
Json to_json(const stats::ColumnDrift& column);

}  // namespace mlops::app
