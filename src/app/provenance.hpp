// The code behind a version or a run, as git tells it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct Provenance {
  std::optional<domain::GitState> git;  // without `diff`
  std::vector<std::string> changed;     // paths, relative to the repository, that are not as committed
  std::vector<std::string> notices;     // what is lost or could not be read
};

// `recorded`: absolute paths whose bytes are recorded by digest anyway, so that a change to them doesn't make the tree
// dirty.
Provenance provenance(Workspace& workspace, const std::vector<std::filesystem::path>& recorded);

// Error{refused} that names the changed files unless the tree is a clean one.
void require_clean(const Provenance& provenance);

// Puts the difference between a dirty tree and its commit as an object and notes it in the state.
void store_diff(Workspace& workspace, artifacts::PutBatch& batch, Provenance& provenance);

}  // namespace mlops::app
