#include "snapshot.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/formats/csv.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "manifest_objects.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

void describe_columns(Workspace& workspace, const fs::path& path, domain::Dataset& dataset) {
  const auto summary = formats::summarise_csv(path);
  if (!summary) {
    if (path.extension() == ".csv" || path.extension() == ".tsv") {
      workspace.context().warn(fmt::format(
          "{} can't be read as CSV with a header: its rows and columns are not recorded", printable(dataset.source)));
    }
    return;
  }
  dataset.rows = summary->rows;
  dataset.columns = summary->columns;
}

std::optional<std::int64_t> known_number(store::ReadTransaction& view, const domain::Dataset& dataset) {
  if (dataset.number != 0) return dataset.number;
  return view.find_dataset_by_digest(dataset.name, dataset.digest.hex());
}

Snapshot existing_snapshot(Workspace& workspace, const std::string& role, const std::string& reference) {
  const auto view = workspace.read();
  domain::Dataset dataset = resolve_dataset(*view, reference);
  auto files = view->dataset_files(dataset.name, dataset.number);
  return {role, std::move(dataset), std::move(files)};
}

}  // namespace

Snapshot take_snapshot(Workspace& workspace, artifacts::PutBatch* batch, const std::string& name, const fs::path& path,
                       const std::string& source) {
  domain::Dataset dataset;
  dataset.name = domain::check_dataset_name(name);
  const fs::path absolute = workspace.absolute(path);
  const auto planned = artifacts::plan_files({absolute});
  const auto progress = workspace.progress(fmt::format("dataset {}", name));
  const artifacts::ReadOptions reading{.cache = &workspace.digests()};
  auto files = batch == nullptr ? artifacts::hash_files(planned, progress, reading)
                                : artifacts::store_files(*batch, planned, progress, reading);
  dataset.digest = domain::dataset_digest(files);
  dataset.file_count = static_cast<std::int64_t>(files.size());
  for (const auto& file : files) dataset.total_bytes += file.size;
  if (files.size() > 1 && batch != nullptr) {
    put_manifest(*batch, domain::make_manifest(files, domain::Content::dataset));
  }
  dataset.source = source;
  if (fs::is_regular_file(absolute)) describe_columns(workspace, absolute, dataset);
  return {name, std::move(dataset), std::move(files)};
}

std::vector<Snapshot> take_snapshots(Workspace& workspace, artifacts::PutBatch* batch,
                                     const std::vector<DataArgument>& arguments, const std::string& prefix) {
  std::set<std::string> roles;
  for (const DataArgument& argument : arguments) {
    if (!roles.insert(argument.role).second) {
      throw Error{ErrorKind::usage, fmt::format("the input `{}` is given twice", argument.role)};
    }
  }
  std::vector<Snapshot> snapshots;
  for (const DataArgument& argument : arguments) {
    if (argument.reference) {
      snapshots.push_back(existing_snapshot(workspace, argument.role, *argument.reference));
    } else {
      snapshots.push_back(
          take_snapshot(workspace, batch, prefix + argument.role, *argument.path, argument.path->string()));
      snapshots.back().role = argument.role;
    }
  }
  std::sort(snapshots.begin(), snapshots.end(), [](const Snapshot& a, const Snapshot& b) { return a.role < b.role; });
  return snapshots;
}

std::vector<domain::DataUse> record_snapshots(store::WriteTransaction& transaction, std::vector<Snapshot>& snapshots) {
  std::vector<domain::DataUse> uses;
  for (Snapshot& snapshot : snapshots) {
    if (const auto number = known_number(transaction.view(), snapshot.dataset)) {
      snapshot.dataset.number = *number;
    } else {
      snapshot.dataset = transaction.add_dataset(snapshot.dataset, snapshot.files);
    }
    uses.push_back({snapshot.role, snapshot.dataset.name, snapshot.dataset.number, snapshot.dataset.digest});
  }
  return uses;
}

std::vector<domain::DataUse> preview_snapshots(store::ReadTransaction& view, const std::vector<Snapshot>& snapshots) {
  std::vector<domain::DataUse> uses;
  for (const Snapshot& snapshot : snapshots) {
    uses.push_back({snapshot.role, snapshot.dataset.name, known_number(view, snapshot.dataset).value_or(0),
                    snapshot.dataset.digest});
  }
  return uses;
}

}  // namespace mlops::app
