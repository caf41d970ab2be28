#include "cluster/training.hpp"

#include <functional>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "cluster/job.hpp"
#include "cluster/profile.hpp"
#include "cluster/staged_job.hpp"
#include "stages/plan.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

void require_nobody_else(const domain::Run& run, const domain::Execution& execution) {
  if (!is_taken_in_elsewhere(execution)) return;
  throw Error{ErrorKind::unavailable,
              fmt::format("another process looks after run {} at this moment", run.number),
              {fmt::format("`mlops run wait {}` waits until it is over", run.number)}};
}

// As they are foreseen, where that was done.
std::vector<domain::StageRun> stages_of(const Retraining& training) {
  const std::vector<domain::StageRun>& foreseen = training.plan.execution.stages;
  return foreseen.empty() ? planned_stages(training.decision.recipe) : foreseen;
}

// Those that would run, as parts of this job.
std::vector<runners::Job> planned_parts(const Retraining& training, const runners::Job& job) {
  CommandPlan whole;
  whole.directory = job.directory;
  whole.run.params = training.decision.plan.params;
  whole.run.seed = training.decision.recipe.seed;
  whole.execution.inputs = {training.decision.recipe.inputs.begin(), training.decision.recipe.inputs.end()};
  whole.execution.stages = stages_of(training);
  std::vector<runners::Job> parts;
  for (const domain::StageRun& stage : whole.execution.stages) {
    if (stage.is_done()) continue;
    runners::Job part = job;
    part.name = stage.name;
    part.folder = job.folder / "stages" / stage.name;
    part.argv = command_of_stage(whole, stage).run.command;
    part.environment = {{"MLOPS_CHECKPOINT_DIR", (part.folder / "checkpoints").string()}};
    part.outputs.clear();
    for (const auto& [name, path] : stage.writes) part.outputs.push_back((job.directory / path).string());
    part.required = part.outputs;
    if (stage.metrics_file) part.required.push_back((job.directory / *stage.metrics_file).string());
    parts.push_back(std::move(part));
  }
  return parts;
}

// What the job is made of is recorded first: whoever finds it needs that too.
void submit(Workspace& workspace, Retraining& training) {
  CommandPlan& plan = training.plan;
  const runners::Job job = plan.execution.stages.empty() ? make_job(workspace, plan, *training.folder)
                                                         : make_staged_job(workspace, plan, *training.folder);
  plan.run.execution = domain::to_json(plan.execution);
  record_progress(workspace, plan.run);
  submit_job(workspace, plan, job);
}

// Whether the cluster has it is not known after an error that says so, so that all stays as it is then.
void keeping_unless_refused(Workspace& workspace, Retraining& training, const std::function<void()>& act) {
  training.folder->keep();
  training.ground.worktree->keep();
  try {
    act();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) throw;
    training.folder->discard();
    training.ground.worktree->discard();
    recording_failure(workspace, training.plan.run, [&] { throw error; });
  }
}

// What can't be taken in now can be later, so nothing goes before.
void keeping_ground(Retraining& training, const std::function<void()>& take_in) {
  training.folder->keep();
  training.ground.worktree->keep();
  take_in();
  training.folder->discard();
  training.ground.worktree->discard();
}

// Where earlier runs have done all of its stages there is nothing for a cluster to do.
bool needs_cluster(Workspace& workspace, Retraining& training) {
  CommandPlan& plan = training.plan;
  if (plan.execution.stages.empty()) return true;
  bool any_runs = true;
  recording_failure(workspace, plan.run, [&] {
    if (training.resumed) collect_done_stages(workspace, plan, *training.folder);
    any_runs = settle_stages(workspace, plan, training.request.fresh);
  });
  if (any_runs) return true;
  // What a job wrote that did all of them and got no further is as the cluster wrote it.
  keeping_ground(training, [&] { take_secrets_out(workspace, plan.execution, *training.folder); });
  if (!fs::exists(training.folder->log())) plan.execution.log_format = "lines";
  plan.execution.job = std::nullopt;
  return false;
}

}  // namespace

PlannedJob planned_job(const Workspace& workspace, const Retraining& training, const runners::Profile& profile) {
  const domain::Recipe& recipe = training.decision.recipe;
  const fs::path folder = jobs_folder(workspace, profile) / "dry-run";
  const fs::path project = folder / "tree";
  runners::Job job{.name = "mlops-dry-run",
                   .run = "dry-run",
                   .model = training.decision.model,
                   .folder = folder,
                   .directory = project,
                   .argv = training.decision.plan.command,
                   .setup = recipe.conduct.environment.setup,
                   .python = {},
                   .environment = {{"MLOPS_CHECKPOINT_DIR", (folder / "checkpoints").string()}},
                   .inherited = recipe.conduct.environment.variables,
                   .secrets = recipe.conduct.environment.secrets,
                   .outputs = {},
                   .required = {},
                   .timeout_seconds = recipe.conduct.timeout_seconds,
                   .retry_codes = recipe.conduct.retry.exit_codes,
                   .retry_times = recipe.conduct.retry.times,
                   .cpus = recipe.conduct.needs.cpus,
                   .memory_bytes = recipe.conduct.needs.memory_bytes,
                   .gpus = recipe.conduct.needs.gpus,
                   .stages = {}};
  if (recipe.stages.empty()) {
    for (const auto& [name, path] : recipe.outputs) job.outputs.push_back((project / path).string());
  }
  job.stages = planned_parts(training, job);
  return {.kind = profile.kind, .profile = profile.name, .text = runners::open_cluster(profile)->description(job)};
}

void require_one_command(const RetrainDecision& decision, const runners::Profile& profile) {
  if (decision.recipe.stages.empty()) return;
  throw Error{ErrorKind::usage,
              fmt::format("the recipe of `{}` has stages, and a search over it can't be handed to {}", decision.model,
                          printable(profile.name)),
              {"`--on local` searches on this machine",
               fmt::format("without params to search over, `--on {}` trains it there", printable(profile.name))}};
}

bool hand_over(Workspace& workspace, Retraining& training) {
  bool is_there = false;
  if (training.resumed)
    keeping_unless_refused(workspace, training, [&] { is_there = adopt_job(workspace, training.plan); });
  if (!is_there && !needs_cluster(workspace, training)) return false;
  if (!is_there) keeping_unless_refused(workspace, training, [&] { submit(workspace, training); });
  training.outcome.run = training.plan.run;
  return true;
}

void take_in(Workspace& workspace, Retraining& training) {
  keeping_ground(training, [&] { take_result(workspace, training.plan, *training.folder); });
}

bool needs_new_job(Workspace& workspace, const domain::Run& run) {
  const domain::Execution execution = domain::execution_of(run);
  if (execution.job->id.empty() || run.status != domain::RunStatus::running)
    return execution.step == name_of(RetrainStep::run);
  require_nobody_else(run, execution);
  if (execution.step != name_of(RetrainStep::run)) return false;
  const runners::JobState state = look_at_job(execution);
  const std::string job = job_text(*execution.job);
  switch (state.phase) {
    case runners::JobPhase::over:
      return false;
    case runners::JobPhase::unknown:
      workspace.context().tell(fmt::format("the cluster knows {} no longer, and it left no result", job));
      return true;
    case runners::JobPhase::unheard:
      throw Error{ErrorKind::unavailable,
                  fmt::format("nobody can tell how {} is: {}", job, state.reason),
                  {"nothing is lost: look again when the cluster answers"}};
    case runners::JobPhase::waiting:
    case runners::JobPhase::running:
      break;
  }
  throw Error{ErrorKind::unavailable,
              fmt::format("run {} is still going, as {}: {}", run.number, job, state_text(state)),
              {fmt::format("`mlops run wait {}` waits for it", run.number),
               fmt::format("`mlops run stop {}` ends it", run.number)}};
}

}  // namespace mlops::app
