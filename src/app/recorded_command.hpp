// Runs one command and records what really was: shared by `run` and `retrain`.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/objective.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "snapshot.hpp"

namespace mlops::app {

// What is known before the start.
struct CommandPlan {
  domain::Run run;                                                     // without number, times, status
  std::vector<Snapshot> snapshots;                                     // stored already
  std::filesystem::path directory;                                     // where it runs
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;   // role and absolute path
  std::vector<std::pair<std::string, std::filesystem::path>> outputs;  // name and absolute path
  std::vector<std::string> output_names_shown;        // the same paths as the person wrote them, in the same order
  std::optional<std::filesystem::path> metrics_file;  // that the command is known to write; it must then exist
  bool outputs_required = false;                      // whether a missing or empty output fails the run
  domain::BestOf best;                                // of metrics over steps: those whose best value counts
};

// Records the start, runs the command, stores its log and outputs. The returned run has ended but its end is not
// recorded yet: the caller does that in the transaction that also holds what came of it. An exception on the way is
// recorded as the run's failure.
domain::Run execute(Workspace& workspace, CommandPlan plan);

// The same in three steps, for who runs several commands at once. Only the one in the middle takes long, and it needs
// no workspace.
class StartedCommand {
 public:
  // Records the start.
  StartedCommand(Workspace& workspace, CommandPlan plan);

  [[nodiscard]] const domain::Run& run() const { return plan_.run; }
  [[nodiscard]] const std::filesystem::path& metrics_file() const { return metrics_file_; }

  using Echo = std::function<void(std::string_view bytes, bool is_stderr)>;
  runners::LocalResult wait(const Echo& echo, const std::function<bool()>& should_stop) const;

  // The run as it ended. `stopped` says why it was stopped on purpose, where it was. An error on the way is recorded as
  // the run's failure.
  domain::Run collect(Workspace& workspace, const runners::LocalResult& result,
                      const std::optional<std::string>& stopped = std::nullopt) const;

  // The run when an error came between: its end is recorded.
  domain::Run give_up(Workspace& workspace, const Error& error) const;

 private:
  TemporaryDirectory scratch_;
  CommandPlan plan_;
  std::filesystem::path metrics_file_;
};

// Records the end of a run in a transaction of its own.
void record_end(Workspace& workspace, const domain::Run& run);

// Runs of this machine that are recorded as running but whose process is gone get their end: interrupted.
void close_lost_runs(Workspace& workspace);
bool is_lost(const domain::Run& run);

// Throws Error{interrupted} when a Ctrl-C ended the run.
void throw_if_interrupted(const domain::Run& run);

}  // namespace mlops::app
