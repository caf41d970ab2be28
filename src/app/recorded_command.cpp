#include "recorded_command.hpp"

#include <algorithm>

#include <unistd.h>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/series.hpp>
#include <mlops/formats/metrics.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process_mark.hpp>

#include "stages/crew.hpp"
#include "training_environment.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

runners::LocalRun local_run(const Context& context, const CommandPlan& plan, const RunFolder& folder,
                            const TrainingEnvironment& surroundings, const Watch& watch) {
  runners::LocalRun run;
  run.argv = plan.run.command;
  run.directory = plan.directory;
  run.environment = command_variables(plan, folder);
  run.environment.insert(run.environment.end(), surroundings.variables.begin(), surroundings.variables.end());
  run.inherited = surroundings.inherited;
  run.secrets = surroundings.secrets;
  run.log_file = folder.log();
  run.echo = watch.echo;
  run.should_stop = watch.should_stop;
  run.should_kill = context.interrupted_twice;
  run.stop_signal = watch.stop_signal;
  run.timeout_seconds = plan.execution.conduct.timeout_seconds;
  run.on_start = [&folder](std::int64_t pid) { folder.note_command(pid); };
  run.alone = watch.alone;
  return run;
}

domain::Attempt attempt_of(const runners::LocalResult& result) {
  return {
      .exit_code = result.exit_code,
      .failure = result.failure,
      .used = {.wall_ms = result.duration_ms, .cpu_ms = result.cpu_ms, .peak_memory_bytes = result.peak_memory_bytes}};
}

bool may_try_again(const domain::Execution& execution, const runners::LocalResult& result) {
  const domain::Retry& retry = execution.conduct.retry;
  if (result.interrupted || result.timed_out || !result.exit_code) return false;
  const auto calls_for_another = [&](const domain::Attempt& attempt) {
    return attempt.exit_code && std::ranges::find(retry.exit_codes, *attempt.exit_code) != retry.exit_codes.end();
  };
  return calls_for_another(execution.attempts.back()) &&
         std::ranges::count_if(execution.attempts, calls_for_another) <= retry.times;
}

// The setup's own output stands in the log before the command's.
bool set_up(CommandPlan& plan, runners::LocalRun run) {
  const std::vector<std::string>& setup = plan.execution.conduct.environment.setup;
  if (setup.empty()) return true;
  run.argv = setup;
  const runners::LocalResult result = runners::run_local(run);
  if (result.failure.empty() && result.exit_code == 0) return true;
  plan.run.exit_code = result.exit_code;
  plan.run.failure = fmt::format("the setup of its environment failed: {}", result.failure);
  plan.run.status = result.interrupted ? domain::RunStatus::interrupted : domain::RunStatus::failed;
  return false;
}

// Of the last attempt.
void note_status(const domain::Attempt& attempt, bool interrupted, domain::Run& run) {
  run.exit_code = attempt.exit_code;
  run.failure = attempt.failure;
  run.status = domain::RunStatus::succeeded;
  if (!attempt.failure.empty() || attempt.exit_code != 0) run.status = domain::RunStatus::failed;
  if (interrupted) run.status = domain::RunStatus::interrupted;
}

void fail(domain::Run& run, std::string why) {
  run.status = domain::RunStatus::failed;
  run.failure = std::move(why);
}

// Attempts until one succeeds or none is left.
void try_until_done(CommandPlan& plan, const RunFolder& folder, runners::LocalRun& run, const Watch& watch) {
  const std::size_t variables = run.environment.size();
  for (;;) {
    run.environment.resize(variables);
    run.environment.emplace_back("MLOPS_ATTEMPT", std::to_string(plan.execution.attempts.size() + 1));
    const runners::LocalResult result = runners::run_local(run);
    plan.execution.attempts.push_back(attempt_of(result));
    plan.execution.notes.insert(plan.execution.notes.end(), result.notes.begin(), result.notes.end());
    note_status(plan.execution.attempts.back(), result.interrupted, plan.run);
    if (!may_try_again(plan.execution, result)) break;
    if (watch.tell) watch.tell(fmt::format("{}; trying again", result.failure));
    fs::remove(plan.metrics_file.value_or(folder.metrics()));
    if (plan.before_retry) plan.before_retry();
  }
  plan.run.execution = domain::to_json(plan.execution);
  const bool may_be_resumed = plan.execution.step.has_value();
  if (may_be_resumed && plan.run.status == domain::RunStatus::succeeded) folder.note_attempts(plan.execution.attempts);
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
    auto planned = artifacts::plan_files({path});
    if (plan.is_written) std::erase_if(planned, [&](const auto& file) { return !plan.is_written(file.source); });
    run.outputs.push_back(
        {.name = name,
         .path = plan.output_names_shown[i],
         .files = artifacts::store_files(*batch, planned, workspace.progress(name), {.cache = &workspace.digests()})});
  }
  batch->finish();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> command_variables(const CommandPlan& plan, const RunFolder& folder) {
  const runners::CommandFacts facts{.run_id = std::to_string(plan.run.number),
                                    .model = plan.run.model,
                                    .params_file = folder.params(),
                                    .inputs = plan.inputs,
                                    .outputs = plan.outputs,
                                    .metrics_file = plan.metrics_file.value_or(folder.metrics()),
                                    .checkpoint_directory = folder.checkpoints(),
                                    .seed = plan.run.seed};
  auto variables = runners::command_environment(facts);
  // A training is watched and logged while it runs; Python would hold its output back until the end.
  variables.emplace_back("PYTHONUNBUFFERED", "1");
  return variables;
}

void own(Workspace& workspace, CommandPlan& plan, const fs::path& folder) {
  plan.run.host = workspace.context().host;
  plan.run.pid = ::getpid();
  plan.execution.owner = process_mark();
  plan.execution.folder = folder.string();
  plan.run.execution = domain::to_json(plan.execution);
}

void record_start(Workspace& workspace, CommandPlan& plan, const RunFolder& folder) {
  plan.run.status = domain::RunStatus::running;
  plan.run.started_at = workspace.now();
  plan.run.started_by = workspace.origin().actor;
  if (!plan.execution.job) plan.execution.log_format = "lines";
  own(workspace, plan, folder.path());
  const auto transaction = workspace.write();
  plan.run.inputs = record_snapshots(*transaction, plan.snapshots);
  plan.run = transaction->start_run(plan.run);
  transaction->commit();
}

SecondInterruption::SecondInterruption(const Context& context) : context_{context} { tell(true); }

SecondInterruption::~SecondInterruption() { tell(false); }

void SecondInterruption::tell(bool expected) const {
  if (context_.expect_second_interruption) context_.expect_second_interruption(expected);
}

void run_attempts(Workspace& workspace, CommandPlan& plan, const RunFolder& folder) {
  const Context& context = workspace.context();
  const SecondInterruption expected{context};
  run_attempts(workspace, plan, folder,
               {.echo = context.echo,
                .should_stop = context.interrupted,
                .stop_signal = context.stop_signal,
                .tell = context.tell,
                .alone = true});
}

void run_attempts(const Workspace& workspace, CommandPlan& plan, const RunFolder& folder, const Watch& watch) {
  folder.write_params(to_text(domain::to_json(plan.run.params)));
  const TrainingEnvironment surroundings = prepare_environment(workspace, plan);
  runners::LocalRun run = local_run(workspace.context(), plan, folder, surroundings, watch);
  if (!set_up(plan, run)) return;
  plan.run.environment = describe(workspace, plan, surroundings);
  try_until_done(plan, folder, run, watch);
}

void collect(Workspace& workspace, CommandPlan& plan, const RunFolder& folder) {
  plan.run.ended_at = workspace.now();
  if (fs::exists(folder.log())) plan.run.log = workspace.artifacts().put_file(folder.log(), {}).digest;
  const fs::path metrics_file = plan.metrics_file.value_or(folder.metrics());
  collect_metrics(workspace, plan, metrics_file, plan.run);
  if (plan.run.status == domain::RunStatus::succeeded) collect_outputs(workspace, plan, plan.run);
}

domain::Run execute(Workspace& workspace, CommandPlan plan) {
  const RunFolder folder = RunFolder::make(workspace.context().temporary_directory);
  record_start(workspace, plan, folder);
  recording_failure(workspace, plan.run, [&] {
    if (!plan.execution.stages.empty())
      return run_stages(workspace, plan, folder, {.fresh = true, .jobs = 1, .save = {}});
    run_attempts(workspace, plan, folder);
    collect(workspace, plan, folder);
  });
  let_go(plan);
  return plan.run;
}

void let_go(CommandPlan& plan) {
  plan.execution.folder = std::nullopt;
  plan.run.execution = domain::to_json(plan.execution);
}

void recording_failure(Workspace& workspace, domain::Run& run, const std::function<void()>& act,
                       domain::RunStatus status) {
  try {
    act();
  } catch (const Error& error) {
    run.ended_at = workspace.now();
    run.failure = error.message();
    run.status = error.kind() == ErrorKind::interrupted ? domain::RunStatus::interrupted : status;
    domain::Execution execution = domain::execution_of(run);
    execution.folder = std::nullopt;
    execution.step = std::nullopt;
    run.execution = domain::to_json(execution);
    record_end(workspace, run);
    throw;
  }
}

void record_progress(Workspace& workspace, const domain::Run& run) {
  const auto transaction = workspace.write();
  transaction->advance_run(run);
  transaction->commit();
}

void record_end(Workspace& workspace, const domain::Run& run) {
  const auto transaction = workspace.write();
  transaction->finish_run(run);
  transaction->commit();
}

void throw_if_interrupted(const domain::Run& run) {
  if (run.status != domain::RunStatus::interrupted) return;
  throw Error{ErrorKind::interrupted,
              fmt::format("run {} was interrupted", run.number),
              {fmt::format("`mlops run log {}` shows its output so far", run.number)}};
}

}  // namespace mlops::app
