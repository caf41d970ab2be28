// Runs one command and records what really was: shared by `run`, `retrain` and `reproduce`.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/domain/objective.hpp>
#include <mlops/domain/records.hpp>

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
  std::vector<std::string> output_names_shown;        // the same paths as the person wrote them, in the same order
  std::optional<std::filesystem::path> metrics_file;  // that the command is known to write; it must then exist
  std::function<bool(const std::filesystem::path&)> is_written;  // which files there are its own; empty: all
  bool outputs_required = false;                                 // whether a missing or empty output fails the run
  std::map<std::string, std::string> fixed_variables;            // that the command sees whatever the environment says
  std::function<void()> before_retry;                            // what an attempt that failed left behind is removed
  domain::BestOf best;                                           // of metrics over steps: those whose best value counts
};

// Records the start of the run, which gets its number.
void record_start(Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// From now on this process, on this host, looks after the run.
void own(Workspace& workspace, CommandPlan& plan, const std::filesystem::path& folder);

// What the command is told in its environment, but for the number of the attempt.
std::vector<std::pair<std::string, std::string>> command_variables(const CommandPlan& plan, const RunFolder& folder);

// Runs the command until an attempt succeeds or none is left, and keeps what came of it in the folder and in
// `plan.run`: its attempts, exit code, status and failure, and where it ran.
void run_attempts(Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// How a command is watched that has not the terminal for itself.
struct Watch {
  std::function<void(std::string_view bytes, bool is_stderr)> echo;  // may be empty
  std::function<bool()> should_stop;
  std::function<int()> stop_signal;              // then; empty: SIGTERM
  std::function<void(const std::string&)> tell;  // may be empty
  bool alone = true;                             // no other command of this process runs meanwhile
};
// The same for who runs several commands at once: of the workspace it only reads the context.
void run_attempts(const Workspace& workspace, CommandPlan& plan, const RunFolder& folder, const Watch& watch);

// While a command runs, the second Ctrl-C is for it and not for us: the run must be recorded all the same.
class SecondInterruption {
 public:
  explicit SecondInterruption(const Context& context);
  SecondInterruption(const SecondInterruption&) = delete;
  SecondInterruption& operator=(const SecondInterruption&) = delete;
  ~SecondInterruption();

 private:
  void tell(bool expected) const;
  const Context& context_;
};

// Stores the log and the metrics, and of a run that succeeded the outputs.
void collect(Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// All of these. The returned run has ended but its end is not recorded yet: the caller does that in the transaction
// that also holds what came of it. An exception on the way is recorded as the run's failure.
domain::Run execute(Workspace& workspace, CommandPlan plan);

// The run is over, and its folder goes.
void let_go(CommandPlan& plan);

// Calls `act`; an error on the way is recorded as the run's end, with this status, before it is thrown on.
void recording_failure(Workspace& workspace, domain::Run& run, const std::function<void()>& act,
                       domain::RunStatus status = domain::RunStatus::failed);

// Records what came to be known of a run that goes on.
void record_progress(Workspace& workspace, const domain::Run& run);

// Records the end of a run in a transaction of its own.
void record_end(Workspace& workspace, const domain::Run& run);

// Throws Error{interrupted} when a Ctrl-C ended the run.
void throw_if_interrupted(const domain::Run& run);

}  // namespace mlops::app
