// `list`, `show`, `diff`, `history`: what the registry knows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/inspection.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/signature.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/store/store.hpp>

namespace mlops::app {

struct ListModelsRequest {
  std::size_t limit = 50;
  std::optional<std::string> after;
};
store::Page<store::ModelSummary> list_models(Workspace& workspace, const ListModelsRequest& request);

struct ListVersionsRequest {
  std::optional<std::string> model;  // of all models otherwise
  std::optional<std::string> where;
  bool with_deleted = false;
  std::string sort = "number";
  bool ascending = false;
  std::size_t limit = 50;
  std::optional<std::string> after;
};
store::Page<store::VersionSummary> list_versions(Workspace& workspace, const ListVersionsRequest& request);

struct ShowOutcome {
  store::VersionSummary summary;
  std::vector<domain::FileEntry> files;
  std::optional<domain::Run> run;
  std::vector<domain::Verdict> verdicts;  // the latest of each stage
  std::vector<domain::Approval> approvals;
  std::vector<domain::Waiver> waivers;       // oldest first
  std::vector<domain::StageChange> changes;  // in which this version came or went, newest first
};
ShowOutcome show_version(Workspace& workspace, const std::string& reference);

template <typename T>
struct Change {
  std::string name;
  std::optional<T> before;
  std::optional<T> after;
};
struct DiffOutcome {
  domain::Version a;
  domain::Version b;
  std::vector<Change<domain::FileEntry>> files;  // only those that differ, also below
  std::vector<Change<double>> metrics;
  std::vector<Change<Json>> params;
  std::vector<Change<domain::DataUse>> data;
  std::vector<Change<std::string>> environment;  // packages and machine of the two runs
  // From inside the files: empty when one of the two was registered before files were looked into, or is gone.
  std::vector<Change<domain::Tensor>> tensors;
  std::vector<Change<Json>> hyperparameters;
  std::vector<Change<std::string>> libraries;  // that the files were made with
  std::vector<domain::SignatureChange> signature;
  std::vector<git::CommitInfo> commits;        // from a's commit (not included) to b's
  bool commits_reversed = false;               // b's commit is older than a's: `commits` go from b to a
  std::optional<std::string> commits_unknown;  // why the range can't be told
  [[nodiscard]] bool same() const;
};
DiffOutcome diff_versions(Workspace& workspace, const std::string& a, const std::string& b);

struct HistoryRequest {
  std::string model;
  std::optional<std::string> stage;
  std::optional<std::string> at;  // a time: who held it then
  std::size_t limit = 100;
};
struct HistoryEntry {
  domain::StageChange change;
  std::optional<domain::Verdict> verdict;  // that let it in
};
struct HistoryOutcome {
  std::string model;
  std::optional<Timestamp> at;
  std::vector<HistoryEntry> entries;  // newest first; with `at`: the holder of each stage at that time
};
HistoryOutcome history(Workspace& workspace, const HistoryRequest& request);

}  // namespace mlops::app
