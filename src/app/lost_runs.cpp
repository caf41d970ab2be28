#include "lost_runs.hpp"

#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/process_mark.hpp>

#include "cluster/job.hpp"
#include "cluster/profile.hpp"
#include "recorded_command.hpp"
#include "resolve.hpp"
#include "run_folder.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t runs_looked_at = 200;

void keep_log(Workspace& workspace, const fs::path& folder, domain::Run& run) {
  const fs::path log = folder / "log";
  if (!run.log) gather_stage_logs(folder);
  if (run.log || !fs::exists(log)) return;
  run.log = workspace.artifacts().put_file(log, {}).digest;
}

void close_lost_run(Workspace& workspace, domain::Run run) {
  const auto now = workspace.read()->run(run.number);
  if (!now || !is_lost(*now)) return;  // somebody goes on with it
  domain::Execution execution = domain::execution_of(run);
  run.status = domain::RunStatus::interrupted;
  run.failure = lost_failure;
  run.ended_at = workspace.now();
  if (execution.folder) end_command_of(*execution.folder);
  if (execution.folder && fs::exists(*execution.folder)) {
    keep_log(workspace, *execution.folder, run);
    if (!execution.step) {
      RunFolder::take_over(*execution.folder);  // and removed with it
      execution.folder = std::nullopt;
    }
  }
  if (!run.execution.is_null()) run.execution = domain::to_json(execution);
  record_end(workspace, run);
  if (is_resumable(run)) {
    workspace.context().warn(
        fmt::format("run {} was left unfinished: `mlops retrain --resume {}` goes on with it", run.number, run.number));
  }
}

}  // namespace

bool is_lost(const domain::Run& run) {
  if (run.status != domain::RunStatus::running) return false;
  const domain::Execution execution = domain::execution_of(run);
  // Its cluster looks after it; and of a trial its search knows whether that has it.
  if (execution.job && (!execution.job->id.empty() || run.search)) return false;
  const std::string& owner = execution.owner;
  if (!owner.empty()) return process_is_gone(owner);
  return run.host == runners::host_name() && run.pid && !runners::process_alive(*run.pid);
}

void close_lost_runs(Workspace& workspace) {
  std::vector<domain::Run> lost;
  for (domain::Run& run : workspace.read()->runs(std::nullopt, runs_looked_at, std::nullopt).items) {
    if (is_lost(run)) lost.push_back(std::move(run));
  }
  for (domain::Run& run : lost) {
    try {
      close_lost_run(workspace, std::move(run));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::conflict) throw;  // another process closed it just now
    }
  }
}

void prune_trees(Workspace& workspace) {
  std::vector<fs::path> kept = all_jobs_folders(workspace);  // theirs go when they are taken in
  for (const domain::Run& run : workspace.read()->runs(std::nullopt, runs_looked_at, std::nullopt).items) {
    const auto folder = domain::execution_of(run).folder;
    if (folder && is_resumable(run)) kept.emplace_back(*folder);
  }
  workspace.repository()->prune_worktrees(kept);
}

domain::Run require_resumable(Workspace& workspace, std::int64_t number) {
  domain::Run run = load_run(*workspace.read(), number);
  if (run.search) {
    throw Error{ErrorKind::refused,
                fmt::format("run {} is a trial of a search", number),
                {fmt::format("`mlops retrain --resume {}` goes on with the search", *run.search)}};
  }
  if (run.status == domain::RunStatus::running && !is_lost(run) && !is_handed_over(run)) {
    throw Error{ErrorKind::unavailable,
                fmt::format("run {} is still going, on {}", number, run.host),
                {fmt::format("`mlops run stop {}` ends it", number)}};
  }
  if (!is_resumable(run)) {
    throw Error{ErrorKind::refused,
                fmt::format("run {} is over: {}", number, name_of(run.status)),
                {run.model ? fmt::format("`mlops retrain {}` trains again", *run.model)
                           : fmt::format("`mlops run rerun {}` runs it again", number)}};
  }
  return run;
}

bool is_resumable(const domain::Run& run) {
  const bool is_search = !run.search_plan.is_null();
  if (is_search) return run.status == domain::RunStatus::running || run.status == domain::RunStatus::interrupted;
  return run.status != domain::RunStatus::failed && domain::execution_of(run).step.has_value();
}

}  // namespace mlops::app
