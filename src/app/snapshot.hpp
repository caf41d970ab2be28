// Snapshots of input data: store the bytes, then name them in a transaction.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/register.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

// A dataset whose bytes are stored (durable with the batch that they were put in), but which has no number yet (or one,
// when it is known already).
struct Snapshot {
  std::string role;
  domain::Dataset dataset;
  std::vector<domain::FileEntry> files;
};

// Reads, stores and summarises the file or folder. Without a batch (nullptr) it is only hashed.
Snapshot take_snapshot(Workspace& workspace, artifacts::PutBatch* batch, const std::string& name,
                       const std::filesystem::path& path, const std::string& source);

// The inputs that a person named. A path becomes the dataset `prefix` + role; a reference the dataset that exists.
std::vector<Snapshot> take_snapshots(Workspace& workspace, artifacts::PutBatch* batch,
                                     const std::vector<DataArgument>& arguments, const std::string& prefix);

// Gives each snapshot a number: the one of the latest snapshot under that name with the same digest, else a new one.
std::vector<domain::DataUse> record_snapshots(store::WriteTransaction& transaction, std::vector<Snapshot>& snapshots);

// What record_snapshots would return, without writing; new ones have number 0.
std::vector<domain::DataUse> preview_snapshots(store::ReadTransaction& view, const std::vector<Snapshot>& snapshots);

}  // namespace mlops::app
