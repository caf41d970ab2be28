#include <mlops/app/run_control.hpp>
#include <mlops/app/run_wait.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process_mark.hpp>

#include "cluster/job.hpp"
#include "cluster/profile.hpp"
#include "lost_runs.hpp"
#include "recorded_command.hpp"
#include "resolve.hpp"
#include "run_folder.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

using namespace std::literals;

constexpr auto look_again_after = 50ms;
constexpr auto longest_wait = 30s;
constexpr std::size_t runs_per_page = 500;

std::int64_t process_of(const domain::Run& run) {
  const auto pid = running_process(domain::execution_of(run).owner);
  if (pid) return *pid;
  throw Error{ErrorKind::unavailable,
              fmt::format("run {} runs on {}, and can only be stopped there", run.number, run.host)};
}

// Whether there was something to ask: between two attempts, and while one begins, a trial has no command.
bool ask_to_end(const domain::Run& run, bool at_once) {
  const auto pid = static_cast<pid_t>(process_of(run));
  const auto folder = domain::execution_of(run).folder;
  if (run.search && folder) {  // whose process looks after other trials too
    return at_once ? end_command_of(*folder) : terminate_command_of(*folder);
  }
  ::kill(pid, SIGTERM);
  if (!at_once) return true;
  // Two signals that come as one would be only the first.
  std::this_thread::sleep_for(look_again_after * 4);
  if (running_process(domain::execution_of(run).owner)) ::kill(pid, SIGTERM);
  return true;
}

domain::Run end_and_wait(Workspace& workspace, domain::Run run, bool at_once) {
  const auto until = std::chrono::steady_clock::now() + longest_wait;
  bool is_asked = false;
  while (run.status == domain::RunStatus::running) {
    if (is_lost(run)) {
      close_lost_runs(workspace);
    } else if (!is_asked) {
      is_asked = ask_to_end(run, at_once);
    }
    if (std::chrono::steady_clock::now() >= until) {
      throw Error{ErrorKind::unavailable,
                  fmt::format("run {} has not ended yet", run.number),
                  {fmt::format("`mlops run stop {} --now` kills it", run.number)}};
    }
    if (workspace.context().interrupted()) throw Error{ErrorKind::interrupted, "interrupted; the run may go on"};
    std::this_thread::sleep_for(look_again_after);
    run = load_run(*workspace.read(), run.number);
  }
  return run;
}

domain::Run close_job(Workspace& workspace, domain::Run run) {
  run.status = domain::RunStatus::interrupted;
  run.failure = fmt::format("the cluster knew {} no longer", job_text(*domain::execution_of(run).job));
  run.ended_at = workspace.now();
  record_end(workspace, run);
  return run;
}

// A job that its cluster has forgotten can't be ended, and need not be.
domain::Run end_job(Workspace& workspace, const domain::Run& run, bool at_once) {
  const domain::Execution execution = domain::execution_of(run);
  const auto cluster = runners::open_cluster(profile_of(*execution.job));
  cluster->stop(execution.job->id, at_once);
  const bool is_search = !run.search_plan.is_null();
  if (!is_search && look_at_job(execution).phase == runners::JobPhase::unknown) return close_job(workspace, run);
  return wait_for_run(workspace, run.number).run;
}

// Those that a run tells of, unless it is still going.
std::vector<LeftFolder> folders_of_runs(Workspace& workspace) {
  std::vector<LeftFolder> folders;
  std::optional<std::string> after;
  do {
    const auto page = workspace.read()->runs(std::nullopt, runs_per_page, after);
    for (const domain::Run& run : page.items) {
      const domain::Execution execution = domain::execution_of(run);
      const bool is_job_going = run.status == domain::RunStatus::running && is_handed_over(run);
      if (!execution.folder || is_job_going || !process_is_gone(execution.owner)) continue;
      folders.push_back({.path = *execution.folder, .run = run.number, .bytes = 0});
    }
    after = page.next;
  } while (after);
  return folders;
}

void forget_folder(Workspace& workspace, std::int64_t number) {
  domain::Run run = load_run(*workspace.read(), number);
  domain::Execution execution = domain::execution_of(run);
  execution.folder = std::nullopt;
  if (run.status != domain::RunStatus::succeeded) execution.step = std::nullopt;
  run.execution = domain::to_json(execution);
  const auto transaction = workspace.write();
  transaction->advance_run(run);
  transaction->commit();
}

void remove_folder(Workspace& workspace, const LeftFolder& left) {
  end_command_of(left.path);
  if (workspace.repository()) workspace.repository()->adopt_worktree(left.path);  // and removed with it
  if (fs::exists(left.path)) RunFolder::take_over(left.path);                     // the same
  if (left.run) forget_folder(workspace, *left.run);
}

}  // namespace

StopOutcome stop_run(Workspace& workspace, std::int64_t number, bool at_once) {
  domain::Run run = load_run(*workspace.read(), number);
  if (run.status != domain::RunStatus::running) return {.run = std::move(run), .was_running = false};
  if (is_handed_over(run)) return {.run = end_job(workspace, run, at_once), .was_running = true};
  return {.run = end_and_wait(workspace, std::move(run), at_once), .was_running = true};
}

RerunPlan plan_rerun(Workspace& workspace, std::int64_t number) {
  const domain::Run run = load_run(*workspace.read(), number);
  const domain::Execution execution = domain::execution_of(run);
  if (run.model) {
    throw Error{ErrorKind::refused,
                fmt::format("run {} trained {} from a commit", number, *run.model),
                {fmt::format("`mlops retrain {}` trains it again", *run.model),
                 "`mlops reproduce MODEL@REF` does the same again and compares"}};
  }
  if (run.execution.is_null() && !run.inputs.empty()) {
    throw Error{ErrorKind::not_found,
                fmt::format("run {} was recorded without the paths of its inputs, so it can't be run again", number)};
  }
  RerunPlan plan;
  const fs::path recorded = run.directory;
  plan.directory =
      recorded.is_absolute() || !workspace.repository() ? recorded : workspace.repository()->root() / recorded;
  plan.request.name = run.name;
  plan.request.command = run.command;
  plan.request.params = run.params;
  plan.request.seed = run.seed;
  plan.request.timeout_seconds = execution.conduct.timeout_seconds;
  plan.request.retry = execution.conduct.retry;
  for (const auto& [role, path] : execution.inputs)
    plan.request.inputs.push_back({.role = role, .path = fs::path{path}, .reference = std::nullopt});
  for (const auto& [name, path] : execution.outputs) plan.request.outputs.emplace_back(name, path);
  if (execution.metrics_file) plan.request.metrics = *execution.metrics_file;
  return plan;
}

std::vector<LeftFolder> remove_left_folders(Workspace& workspace, bool dry_run) {
  if (!dry_run) close_lost_runs(workspace);
  std::vector<LeftFolder> folders = folders_of_runs(workspace);
  for (const fs::path& path : abandoned_run_folders(workspace.context().temporary_directory)) {
    const bool is_known = std::ranges::find(folders, path, &LeftFolder::path) != folders.end();
    if (!is_known) folders.push_back({.path = path, .run = std::nullopt, .bytes = 0});
  }
  for (LeftFolder& left : folders) {
    left.bytes = bytes_below(left.path);
    if (!dry_run) remove_folder(workspace, left);
  }
  if (!dry_run && workspace.repository()) workspace.repository()->prune_worktrees(all_jobs_folders(workspace));
  return folders;
}

}  // namespace mlops::app
