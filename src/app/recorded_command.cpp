#include "recorded_command.hpp"

#include <unistd.h>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/series.hpp>
#include <mlops/formats/metrics.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t runs_to_search = 200;

void record_start(Workspace& workspace, CommandPlan& plan) {
  plan.run.status = domain::RunStatus::running;
  plan.run.started_at = workspace.now();
  plan.run.started_by = workspace.origin().actor;
  plan.run.host = workspace.context().host;
  plan.run.pid = ::getpid();
  const auto transaction = workspace.write();
  plan.run.inputs = record_snapshots(*transaction, plan.snapshots);
  plan.run = transaction->start_run(plan.run);
  transaction->commit();
}

CommandPlan recorded(Workspace& workspace, CommandPlan plan) {
  if (plan.run.environment.is_null())
    plan.run.environment = runners::describe_environment(plan.run.command, plan.directory);
  record_start(workspace, plan);
  return plan;
}

void note_result(const runners::LocalResult& result, domain::Run& run) {
  run.exit_code = result.exit_code;
  run.failure = result.failure;
  run.status = domain::RunStatus::succeeded;
  if (!result.failure.empty() || result.exit_code != 0) run.status = domain::RunStatus::failed;
  if (result.interrupted) run.status = domain::RunStatus::interrupted;
}

void fail(domain::Run& run, std::string why) {
  run.status = domain::RunStatus::failed;
  run.failure = std::move(why);
}

// An error came between: it is how the run ended.
void end_with(Workspace& workspace, const Error& error, domain::Run& run) {
  fail(run, error.message());
  if (error.kind() == ErrorKind::interrupted) run.status = domain::RunStatus::interrupted;
  record_end(workspace, run);
}

void keep_metrics(Workspace& workspace, formats::RunMetrics read, domain::Run& run) {
  run.metrics = std::move(read.metrics);
  if (read.series.empty()) return;
  const auto batch = workspace.artifacts().begin_put({});
  run.series = batch->put_bytes(canonical(domain::to_json(read.series))).digest;
  batch->finish();
}

// What a training that did not end well said of its steps is kept too.
void collect_metrics(Workspace& workspace, const CommandPlan& plan, const fs::path& metrics_file, domain::Run& run) {
  if (run.status != domain::RunStatus::succeeded)
    return keep_metrics(workspace, formats::read_run_metrics_so_far(metrics_file, plan.best), run);
  if (!fs::exists(metrics_file)) {
    if (plan.metrics_file)
      fail(run, fmt::format("the command wrote no metrics to {}", plan.metrics_file->filename().string()));
    return;
  }
  try {
    keep_metrics(workspace, formats::read_run_metrics(metrics_file, plan.best), run);
  } catch (const Error& error) {
    fail(run, fmt::format("the metrics can't be read: {}", error.message()));
  }
}

bool has_files(const fs::path& path) {
  return fs::is_regular_file(path) || (fs::is_directory(path) && !list_files(path).empty());
}

void collect_outputs(Workspace& workspace, const CommandPlan& plan, domain::Run& run) {
  const auto batch = workspace.artifacts().begin_put({});
  for (std::size_t i = 0; i < plan.outputs.size(); ++i) {
    const auto& [name, path] = plan.outputs[i];
    if (!has_files(path)) {
      const std::string why =
          fmt::format("the command wrote nothing to its output `{}` ({})", name, plan.output_names_shown[i]);
      if (plan.outputs_required) return fail(run, why);
      workspace.context().warn(why);
      continue;
    }
    const auto planned = artifacts::plan_files({path});
    run.outputs.push_back(
        {.name = name,
         .path = plan.output_names_shown[i],
         .files = artifacts::store_files(*batch, planned, workspace.progress(name), {.cache = &workspace.digests()})});
  }
  batch->finish();
}

}  // namespace

StartedCommand::StartedCommand(Workspace& workspace, CommandPlan plan)
    : scratch_{workspace.context().temporary_directory, "mlops-run-"},
      plan_{recorded(workspace, std::move(plan))},
      metrics_file_{plan_.metrics_file.value_or(scratch_.path() / "metrics.json")} {}

runners::LocalResult StartedCommand::wait(const Echo& echo, const std::function<bool()>& should_stop) const {
  const fs::path& scratch = scratch_.path();
  write_file_atomic(scratch / "params.json", to_text(domain::to_json(plan_.run.params)));
  make_directories(scratch / "checkpoints");
  const runners::CommandFacts facts{.run_id = std::to_string(plan_.run.number),
                                    .model = plan_.run.model,
                                    .params_file = scratch / "params.json",
                                    .inputs = plan_.inputs,
                                    .outputs = plan_.outputs,
                                    .metrics_file = metrics_file_,
                                    .checkpoint_directory = scratch / "checkpoints",
                                    .seed = plan_.run.seed};
  auto environment = runners::command_environment(facts);
  // A training is watched and logged while it runs; Python would hold its output back until the end.
  environment.emplace_back("PYTHONUNBUFFERED", "1");
  return runners::run_local({.argv = plan_.run.command,
                             .directory = plan_.directory,
                             .environment = std::move(environment),
                             .log_file = scratch / "log",
                             .echo = echo,
                             .should_stop = should_stop,
                             .timeout_seconds = std::nullopt});
}

domain::Run StartedCommand::collect(Workspace& workspace, const runners::LocalResult& result,
                                    const std::optional<std::string>& stopped) const {
  domain::Run run = plan_.run;
  run.ended_at = workspace.now();
  note_result(result, run);
  if (stopped && result.interrupted) {
    run.status = domain::RunStatus::stopped;
    run.failure = *stopped;
  }
  try {
    const fs::path log = scratch_.path() / "log";
    if (fs::exists(log)) run.log = workspace.artifacts().put_file(log, {}).digest;
    collect_metrics(workspace, plan_, metrics_file_, run);
    if (run.status == domain::RunStatus::succeeded) collect_outputs(workspace, plan_, run);
  } catch (const Error& error) {
    end_with(workspace, error, run);
    throw;
  }
  return run;
}

domain::Run StartedCommand::give_up(Workspace& workspace, const Error& error) const {
  domain::Run run = plan_.run;
  run.ended_at = workspace.now();
  end_with(workspace, error, run);
  return run;
}

domain::Run execute(Workspace& workspace, CommandPlan plan) {
  const StartedCommand command{workspace, std::move(plan)};
  runners::LocalResult result;
  try {
    result = command.wait(workspace.context().echo, workspace.context().interrupted);
  } catch (const Error& error) {
    command.give_up(workspace, error);
    throw;
  }
  return command.collect(workspace, result);
}

void record_end(Workspace& workspace, const domain::Run& run) {
  const auto transaction = workspace.write();
  transaction->finish_run(run);
  transaction->commit();
}

bool is_lost(const domain::Run& run) {
  return run.status == domain::RunStatus::running && run.host == runners::host_name() && run.pid &&
         !runners::process_alive(*run.pid);
}

void close_lost_runs(Workspace& workspace) {
  std::vector<domain::Run> lost;
  for (domain::Run& run : workspace.read()->runs(std::nullopt, runs_to_search, std::nullopt).items) {
    if (is_lost(run)) lost.push_back(std::move(run));
  }
  for (domain::Run& run : lost) {
    run.status = domain::RunStatus::interrupted;
    run.failure = "its process is gone";
    run.ended_at = workspace.now();
    record_end(workspace, run);
  }
}

void throw_if_interrupted(const domain::Run& run) {
  if (run.status != domain::RunStatus::interrupted) return;
  throw Error{ErrorKind::interrupted,
              fmt::format("run {} was interrupted", run.number),
              {fmt::format("`mlops run log {}` shows its output so far", run.number)}};
}

}  // namespace mlops::app
