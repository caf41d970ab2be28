// `dataset`: named snapshots of input data.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct DatasetAddRequest {
  std::string name;
  std::filesystem::path path;
  std::string message;
  bool dry_run = false;
};
struct DatasetAddOutcome {
  domain::Dataset dataset;
  bool created = false;  // false: the same bytes are there already
};
DatasetAddOutcome add_dataset(Workspace& workspace, const DatasetAddRequest& request);

store::Page<domain::Dataset> list_datasets(Workspace& workspace, const std::string& name, std::size_t limit,
                                           const std::optional<std::string>& after);

struct DatasetShowOutcome {
  domain::Dataset dataset;
  std::vector<domain::FileEntry> files;
  std::vector<domain::LineageNode> used_by;  // runs and versions
  std::optional<DataProfile> profile;        // once `dataset profile` was asked for it
};
DatasetShowOutcome show_dataset(Workspace& workspace, const std::string& reference);

struct DatasetDiffOutcome {
  domain::Dataset a;
  domain::Dataset b;
  std::vector<std::string> files_added, files_removed, files_changed;
  std::vector<std::string> columns_added, columns_removed;
  std::vector<std::pair<domain::ColumnSummary, domain::ColumnSummary>> columns_retyped;
  [[nodiscard]] bool same() const { return a.digest == b.digest; }
};
DatasetDiffOutcome diff_datasets(Workspace& workspace, const std::string& a, const std::string& b);

}  // namespace mlops::app
