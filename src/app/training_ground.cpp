#include "training_ground.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

bool stands_already(const fs::path& target, const Snapshot& snapshot) {
  if (!fs::exists(target)) return false;
  try {
    return domain::dataset_digest(artifacts::hash_files(artifacts::plan_files({target}), {})) ==
           snapshot.dataset.digest;
  } catch (const Error&) {
    return false;  // something else stands there; it is replaced
  }
}

}  // namespace

void tell_changes(const Workspace& workspace, const CodeState& code) {
  if (code.diff)
    workspace.context().tell(fmt::format("applying the uncommitted changes recorded with {}", code.changes_of));
}

TrainingGround lay_ground(Workspace& workspace, const CodeState& code, const fs::path& parent) {
  git::Repository& repository = *workspace.repository();
  TrainingGround ground;
  ground.worktree = repository.add_worktree(code.commit, parent);
  if (code.diff) {
    constexpr std::uint64_t largest_diff = 1u << 30;
    ground.worktree->apply(workspace.artifacts().get_bytes(*code.diff, largest_diff));
  }
  ground.project = code.folder.empty() ? ground.worktree->path() : ground.worktree->path() / code.folder;
  return ground;
}

TrainingGround take_over_ground(Workspace& workspace, const CodeState& code, const fs::path& parent) {
  TrainingGround ground;
  ground.worktree = workspace.repository()->adopt_worktree(parent);
  if (!ground.worktree) return ground;
  ground.project = code.folder.empty() ? ground.worktree->path() : ground.worktree->path() / code.folder;
  return ground;
}

void clear_outputs(const std::vector<std::pair<std::string, std::string>>& outputs,
                   const std::optional<std::string>& metrics, const fs::path& project) {
  for (const auto& [name, path] : outputs) {
    const fs::path target = project / path;
    fs::remove_all(path.ends_with('/') ? target.parent_path() : target);
    make_directories(path.ends_with('/') ? target : target.parent_path());
  }
  if (!metrics) return;
  fs::remove(project / *metrics);
  make_directories((project / *metrics).parent_path());
}

void place_input(Workspace& workspace, const Snapshot& snapshot, const std::string& path, const fs::path& project) {
  const fs::path normal = (project / path).lexically_normal();
  const fs::path target = normal.has_filename() ? normal : normal.parent_path();
  if (stands_already(target, snapshot)) return;
  const bool as_folder = snapshot.files.size() > 1 || path.ends_with('/') || fs::is_directory(target);
  fs::remove_all(target);
  make_directories(target.parent_path());
  if (as_folder) {
    artifacts::checkout_files(workspace.artifacts(), snapshot.files, target, {.force = true}, {});
  } else {
    domain::FileEntry file = snapshot.files.front();
    file.path = target.filename().string();
    artifacts::checkout_files(workspace.artifacts(), {file}, target.parent_path(), {.force = true}, {});
  }
}

Snapshot recorded_snapshot(Workspace& workspace, const domain::DataUse& use) {
  const auto view = workspace.read();
  auto dataset = view->dataset(use.dataset, use.number);
  if (!dataset)
    throw Error{ErrorKind::integrity, fmt::format("dataset {}@{} is not in the registry", use.dataset, use.number)};
  return {use.role, std::move(*dataset), view->dataset_files(use.dataset, use.number)};
}

Snapshot given_snapshot(Workspace& workspace, const DataArgument& given, const std::string& prefix) {
  const auto batch = workspace.artifacts().begin_put({});
  Snapshot snapshot = std::move(take_snapshots(workspace, batch.get(), {given}, prefix).front());
  batch->finish();
  return snapshot;
}

}  // namespace mlops::app
