// Runs one command and records what really was: shared by `run`, `retrain` and `reproduce`.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/domain/objective.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "run_folder.hpp"
#include "snapshot.hpp"

namespace mlops::app {

// What is known before the start.
struct CommandPlan {
  domain::Run run;                                                     // without number, times, status
  domain::Execution execution;                                         // what is to be recorded of how it runs
  std::vector<Snapshot> snapshots;                                     // stored already
  std::filesystem::path directory;                                     // where it runs
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;   // role and absolute path
  std::vector<std::pair<std::string, std::filesystem::path>> outputs;  // name and absolute path
  std::vector<std::string> output_names_shown;         // the same paths as the person wrote them, in the same order
  std::optional<std::filesystem::path> metrics_file;   // that the command is known to write; it must then exist
  bool outputs_required = false;                       // whether a missing or empty output fails the run
  std::map<std::string, std::string> fixed_variables;  // that the command sees whatever the environment says
  std::function<void()> before_retry;                  // what an attempt that failed left behind is removed
  domain::BestOf best;                                 // of metrics over steps: those whose best value counts
};

// Records the start of the run, which gets its number.
void record_start(Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// From now on this process, on this host, looks after the run.
void own(Workspace& workspace, CommandPlan& plan, const std::filesystem::path& folder);

// Runs the command until an attempt succeeds or none is left, and keeps what came of it in the folder and in
// `plan.run`: its attempts, exit code, status and failure, and where it ran.
void run_attempts(Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// Stores the log, and of a run that succeeded reads the metrics and stores the outputs.
void collect(Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// All of these. The returned run has ended but its end is not recorded yet: the caller does that in the transaction
// that also holds what came of it. An exception on the way is recorded as the run's failure.
domain::Run execute(Workspace& workspace, CommandPlan plan);

// The same in three steps, for who runs several commands at once. Only the one in the middle takes long, and it needs
// no workspace.
class StartedCommand {
 public:
  // Records the start.
  StartedCommand(Workspace& workspace, CommandPlan plan);
  StartedCommand(const StartedCommand&) = delete;
  StartedCommand& operator=(const StartedCommand&) = delete;

  [[nodiscard]] std::filesystem::path metrics_file() const;

  // Nothing of it is shown meanwhile.
  void wait(const std::function<bool()>& should_stop);

  // The run as it ended, whose end is not recorded yet. `stopped` says why it was stopped on purpose, where it was. An
  // error on the way is recorded as the run's failure.
  domain::Run collect(Workspace& workspace, const std::optional<std::string>& stopped);

  // The run when an error came between: its end is recorded.
  void give_up(Workspace& workspace, const Error& error);

 private:
  RunFolder folder_;
  CommandPlan plan_;
  runners::LocalRun local_;
};

// Calls `act`; an error on the way is recorded as the run's end before it is thrown on.
void recording_failure(Workspace& workspace, domain::Run& run, const std::function<void()>& act);

// Records the end of a run in a transaction of its own.
void record_end(Workspace& workspace, domain::Run run);

// Throws Error{interrupted} when a Ctrl-C ended the run.
void throw_if_interrupted(const domain::Run& run);

}  // namespace mlops::app
