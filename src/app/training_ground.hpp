// The clean checkout in which a training runs: shared by `retrain` and `reproduce`.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

#include "snapshot.hpp"

namespace mlops::app {

// What is checked out: a commit, the changes recorded on top of it, and the folder that counts in it.
struct CodeState {
  std::string commit;
  std::optional<Digest> diff;
  std::string changes_of;  // whose changes these are, in words: "churn@7"
  std::string folder;      // relative to the repository
};

struct TrainingGround {
  std::unique_ptr<git::Worktree> worktree;
  std::filesystem::path project;  // the folder inside it
};

// Tells the person of the changes on top of the commit, if there are any.
void tell_changes(const Workspace& workspace, const CodeState& code);

// Below `parent`.
TrainingGround lay_ground(Workspace& workspace, const CodeState& code, const std::filesystem::path& parent);

// The one that a process which is gone laid there; its work tree is nullptr when there is none.
TrainingGround take_over_ground(Workspace& workspace, const CodeState& code, const std::filesystem::path& parent);

// Outputs and metrics that happen to be committed must not pass for new ones; makes the folders that they belong to.
void clear_outputs(const std::vector<std::pair<std::string, std::string>>& outputs,
                   const std::optional<std::string>& metrics, const std::filesystem::path& project);

// The training must see exactly the bytes that are recorded, so they come from the store. `path` is relative to the
// project.
void place_input(Workspace& workspace, const Snapshot& snapshot, const std::string& path,
                 const std::filesystem::path& project);

// The dataset as it was recorded; Error{integrity} when the registry has lost it.
Snapshot recorded_snapshot(Workspace& workspace, const domain::DataUse& use);

// The input that a person named, snapshotted when it is a path; a new dataset is named `prefix` + role.
Snapshot given_snapshot(Workspace& workspace, const DataArgument& given, const std::string& prefix);

}  // namespace mlops::app
