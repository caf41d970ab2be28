#include "lost_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/domain/filter.hpp>
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

store::Page<domain::Run> newest_that_are(Workspace& workspace, domain::RunStatus status,
                                         const std::optional<std::string>& after) {
  store::RunQuery query;
  query.filter = domain::parse_run_filter(fmt::format("status = {}", domain::name_of(status)));
  query.limit = 200;
  query.after = after;
  return workspace.read()->find_runs(query);
}

// However many came after them.
std::vector<domain::Run> all_that_are(Workspace& workspace, domain::RunStatus status) {
  std::vector<domain::Run> all;
  std::optional<std::string> after;
  do {
    store::Page<domain::Run> page = newest_that_are(workspace, status, after);
    std::ranges::move(page.items, std::back_inserter(all));
    after = std::move(page.next);
  } while (after);
  return all;
}

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
  for (domain::Run& run : all_that_are(workspace, domain::RunStatus::running)) {
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
  using enum domain::RunStatus;
  // A training that has succeeded is at its last steps, if it isn't over: one of the newest.
  std::vector<domain::Run> runs = newest_that_are(workspace, succeeded, std::nullopt).items;
  for (const domain::RunStatus status : {running, interrupted, stopped}) {
    std::ranges::move(all_that_are(workspace, status), std::back_inserter(runs));
  }
  for (const domain::Run& run : runs) {
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
