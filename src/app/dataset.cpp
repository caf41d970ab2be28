#include <mlops/app/dataset.hpp>

#include <map>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "profile_cache.hpp"
#include "provenance.hpp"
#include "resolve.hpp"
#include "snapshot.hpp"

namespace mlops::app {

DatasetAddOutcome add_dataset(Workspace& workspace, const DatasetAddRequest& request) {
  const auto batch = request.dry_run ? nullptr : workspace.artifacts().begin_put({});
  Snapshot snapshot = take_snapshot(workspace, batch.get(), request.name, request.path, request.path.string());
  snapshot.dataset.message = request.message;
  snapshot.dataset.git = provenance(workspace, {workspace.absolute(request.path)}).git;
  snapshot.dataset.added_at = workspace.now();
  snapshot.dataset.added_by = workspace.origin().actor;

  const auto known = [&](store::ReadTransaction& view) -> std::optional<domain::Dataset> {
    const auto number = view.find_dataset_by_digest(snapshot.dataset.name, snapshot.dataset.digest.hex());
    return number ? view.dataset(snapshot.dataset.name, *number) : std::nullopt;
  };
  if (request.dry_run) {
    const auto existing = known(*workspace.read());
    return {existing.value_or(snapshot.dataset), !existing};
  }
  batch->finish();
  const auto transaction = workspace.write();
  if (const auto existing = known(transaction->view())) return {*existing, false};
  const domain::Dataset dataset = transaction->add_dataset(snapshot.dataset, snapshot.files);
  transaction->commit();
  return {dataset, true};
}

store::Page<domain::Dataset> list_datasets(Workspace& workspace, const std::string& name, std::size_t limit,
                                           const std::optional<std::string>& after) {
  const auto view = workspace.read();
  if (!name.empty()) static_cast<void>(resolve_dataset(*view, name));
  return view->datasets(name, limit, after);
}

DatasetShowOutcome show_dataset(Workspace& workspace, const std::string& reference) {
  const auto view = workspace.read();
  DatasetShowOutcome outcome;
  outcome.dataset = resolve_dataset(*view, reference);
  outcome.files = view->dataset_files(outcome.dataset.name, outcome.dataset.number);
  const auto graph = view->lineage({.kind = domain::NodeKind::dataset,
                                    .id = outcome.dataset.text(),
                                    .direction = domain::Direction::down,
                                    .depth = 1});
  if (!graph.nodes.empty()) outcome.used_by.assign(graph.nodes.begin() + 1, graph.nodes.end());
  if (outcome.files.size() == 1) {
    const domain::FileEntry& table = outcome.files.front();
    const formats::TableOptions reading{.name = table.path};
    outcome.profile = kept_profile(place_of_profile(workspace.registry(), table.digest, reading, usual_top));
  }
  return outcome;
}

namespace {

void compare_files(store::ReadTransaction& view, DatasetDiffOutcome& outcome) {
  std::map<std::string, Digest> before;
  for (const auto& file : view.dataset_files(outcome.a.name, outcome.a.number)) before.emplace(file.path, file.digest);
  for (const auto& file : view.dataset_files(outcome.b.name, outcome.b.number)) {
    const auto found = before.find(file.path);
    if (found == before.end()) {
      outcome.files_added.push_back(file.path);
      continue;
    }
    if (found->second != file.digest) outcome.files_changed.push_back(file.path);
    before.erase(found);
  }
  for (const auto& [path, digest] : before) outcome.files_removed.push_back(path);
}

void compare_columns(DatasetDiffOutcome& outcome) {
  std::map<std::string, domain::ColumnSummary> before;
  for (const auto& column : outcome.a.columns) before.emplace(column.name, column);
  for (const auto& column : outcome.b.columns) {
    const auto found = before.find(column.name);
    if (found == before.end()) {
      outcome.columns_added.push_back(column.name);
      continue;
    }
    if (found->second.type != column.type) outcome.columns_retyped.emplace_back(found->second, column);
    before.erase(found);
  }
  for (const auto& [name, column] : before) outcome.columns_removed.push_back(name);
}

}  // namespace

DatasetDiffOutcome diff_datasets(Workspace& workspace, const std::string& a, const std::string& b) {
  const auto view = workspace.read();
  DatasetDiffOutcome outcome;
  outcome.a = resolve_dataset(*view, a);
  outcome.b = resolve_dataset(*view, b);
  if (outcome.same()) return outcome;
  compare_files(*view, outcome);
  compare_columns(outcome);
  return outcome;
}

}  // namespace mlops::app
