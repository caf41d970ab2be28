#include <mlops/app/run.hpp>
#include <mlops/app/run_looks.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/process.hpp>

#include "provenance.hpp"
#include "recorded_command.hpp"
#include "snapshot.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_log = 1u << 30;

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

// Inputs run in place, so a dataset that exists only in the registry has no path to give to the command.
void require_paths(const RunRequest& request) {
  for (const DataArgument& input : request.inputs) {
    if (input.path) continue;
    throw Error{ErrorKind::usage,
                fmt::format("the input `{}` needs a path: `--input {}=PATH`", input.role, input.role),
                {"`mlops retrain --input NAME=DATASET@N` can take one from the registry"}};
  }
}

domain::Run require_run(store::ReadTransaction& view, std::int64_t number) {
  auto run = view.run(number);
  if (!run) throw Error{ErrorKind::not_found, fmt::format("no run {}", number), {"`mlops run list` shows them"}};
  return std::move(*run);
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
  plan.best = request.best;

  domain::Run run = execute(workspace, std::move(plan));
  record_end(workspace, run);
  throw_if_interrupted(run);
  return run;
}

ShowRunOutcome show_run(Workspace& workspace, std::int64_t number) {
  const auto view = workspace.read();
  ShowRunOutcome outcome;
  outcome.run = require_run(*view, number);
  outcome.lost = is_lost(outcome.run);
  outcome.versions = view->versions_of_run(number);
  if (!outcome.run.search_plan.is_null()) outcome.search = search_table(*view, outcome.run);
  outcome.series = run_series(workspace, outcome.run);
  return outcome;
}

std::string run_log(Workspace& workspace, std::int64_t number) {
  const domain::Run run = require_run(*workspace.read(), number);
  if (!run.log) {
    throw Error{ErrorKind::not_found,
                fmt::format("run {} has no log{}", number,
                            run.status == domain::RunStatus::running ? " yet: it is still running" : "")};
  }
  try {
    return workspace.artifacts().get_bytes(*run.log, largest_log);
  } catch (const Error& error) {
    const auto release = workspace.read()->run_release(number);
    if (!release || error.kind() != ErrorKind::not_found) throw;
    throw Error{ErrorKind::not_found,
                fmt::format("the log of run {} was let go at {} by {}, with a garbage collection", number,
                            rfc3339(release->at), release->by),
                {fmt::format("`mlops run show {}` tells what else is known of it", number)}};
  }
}

}  // namespace mlops::app
