// What can be done with runs that were recorded: stop one, run it again, remove what crashes left behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct StopOutcome {
  domain::Run run;           // as it is afterwards
  bool was_running = false;  // false: it had ended before
};
// Asks the run to end and waits until it has; `at_once` kills it. Error{unavailable} when it runs on another host.
StopOutcome stop_run(Workspace& workspace, std::int64_t number, bool at_once);

// A recorded run in place, and the folder to run it in. Error{refused} for a training from a commit.
struct RerunPlan {
  RunRequest request;
  std::filesystem::path directory;
};
RerunPlan plan_rerun(Workspace& workspace, std::int64_t number);

struct LeftFolder {
  std::filesystem::path path;
  std::optional<std::int64_t> run;  // nullopt when no run tells of it
  std::uint64_t bytes = 0;
};
// Removes the folders, with work trees and checkpoints, of runs whose process is gone, also of those that could be
// resumed, and ends what they left running.
std::vector<LeftFolder> remove_left_folders(Workspace& workspace, bool dry_run);

}  // namespace mlops::app
