#include <mlops/app/run.hpp>
#include <mlops/app/run_looks.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/process.hpp>

#include "cluster/job.hpp"
#include "cluster/staged_job.hpp"
#include "lost_runs.hpp"
#include "provenance.hpp"
#include "recorded_command.hpp"
#include "resolve.hpp"
#include "snapshot.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> recorded_paths(Workspace& workspace, const RunRequest& request) {
  std::vector<fs::path> paths;
  for (const auto& input : request.inputs) {
    if (input.path) paths.push_back(workspace.absolute(*input.path));
  }
  for (const auto& [name, path] : request.outputs) paths.push_back(workspace.absolute(path));
  if (request.metrics) paths.push_back(workspace.absolute(*request.metrics));
  return paths;
}

std::string shown_directory(Workspace& workspace) {
  const fs::path& here = workspace.context().directory;
  if (!workspace.repository()) return here.string();
  const auto relative = fs::relative(here, workspace.repository()->root());
  return relative == "." ? std::string{} : relative.generic_string();
}

// As it is seen from the command's folder when it lies in the same repository, so that another checkout has it too.
std::string path_seen(Workspace& workspace, const fs::path& path) {
  const fs::path absolute = workspace.absolute(path).lexically_normal();
  const fs::path root = workspace.repository() ? workspace.repository()->root() : workspace.project();
  const fs::path inside = absolute.lexically_relative(root);
  if (inside.empty() || *inside.begin() == "..") return absolute.string();
  return absolute.lexically_relative(workspace.context().directory).generic_string();
}

void note_paths(Workspace& workspace, const RunRequest& request, domain::Execution& execution) {
  for (const auto& input : request.inputs) execution.inputs[input.role] = path_seen(workspace, *input.path);
  for (const auto& [name, path] : request.outputs) execution.outputs[name] = path_seen(workspace, path);
  if (request.metrics) execution.metrics_file = path_seen(workspace, *request.metrics);
}

// Inputs run in place, so a dataset that exists only in the registry has no path to give to the command.
void require_paths(const RunRequest& request) {
  for (const DataArgument& input : request.inputs) {
    if (input.path) continue;
    throw Error{ErrorKind::usage,
                fmt::format("the input `{}` needs a path: `--input {}=PATH`", input.role, input.role),
                {"`mlops retrain --input NAME=DATASET@N` can take one from the registry"}};
  }
}

}  // namespace

domain::Run run(Workspace& workspace, const RunRequest& request) {
  require_paths(request);
  for (const auto& [key, value] : request.params) domain::check_key("param", key);
  close_lost_runs(workspace);

  CommandPlan plan;
  plan.directory = workspace.context().directory;
  plan.run.name = request.name;
  plan.run.command = request.command;
  plan.run.params = request.params;
  plan.run.seed = request.seed;
  plan.run.directory = shown_directory(workspace);
  Provenance origin = provenance(workspace, recorded_paths(workspace, request));
  for (const std::string& notice : origin.notices) workspace.context().warn(notice);
  const auto batch = workspace.artifacts().begin_put({});
  store_diff(workspace, *batch, origin);
  plan.run.git = origin.git;
  plan.snapshots = take_snapshots(workspace, batch.get(), request.inputs, "");
  batch->finish();
  for (const auto& input : request.inputs) plan.inputs.emplace_back(input.role, workspace.absolute(*input.path));
  for (const auto& [name, path] : request.outputs) {
    plan.outputs.emplace_back(name, workspace.absolute(path));
    plan.output_names_shown.push_back(path.generic_string());
  }
  if (request.metrics) plan.metrics_file = workspace.absolute(*request.metrics);
  note_paths(workspace, request, plan.execution);
  plan.execution.conduct.timeout_seconds = request.timeout_seconds;
  plan.execution.conduct.retry = request.retry;
  if (request.snapshot && plan.run.git && plan.run.git->dirty)
    plan.execution.snapshot = workspace.repository()->snapshot("mlops: the uncommitted changes in a run");
  plan.best = request.best;

  const auto snapshot = plan.execution.snapshot;
  domain::Run run = execute(workspace, std::move(plan));
  record_end(workspace, run);
  if (snapshot) workspace.repository()->hold(fmt::format("refs/mlops/runs/{}", run.number), *snapshot);
  throw_if_interrupted(run);
  return run;
}

ShowRunOutcome show_run(Workspace& workspace, std::int64_t number) {
  const auto view = workspace.read();
  ShowRunOutcome outcome;
  outcome.run = load_run(*view, number);
  outcome.execution = domain::execution_of(outcome.run);
  if (outcome.run.status == domain::RunStatus::running && is_handed_over(outcome.run)) {
    look_at_stages(outcome.execution);
    outcome.run.execution = domain::to_json(outcome.execution);
  }
  outcome.lost = is_lost(outcome.run);
  const bool is_going = outcome.run.status == domain::RunStatus::running && !outcome.lost;
  outcome.resumable = !is_going && is_resumable(outcome.run);
  outcome.versions = view->versions_of_run(number);
  if (!outcome.run.search_plan.is_null()) outcome.search = search_table(*view, outcome.run);
  outcome.series = run_series(workspace, outcome.run);
  return outcome;
}

}  // namespace mlops::app
