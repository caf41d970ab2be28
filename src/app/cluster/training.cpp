#include "cluster/training.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "cluster/job.hpp"
#include "cluster/profile.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

void require_nobody_else(const domain::Run& run, const domain::Execution& execution) {
  if (!is_taken_in_elsewhere(execution)) return;
  throw Error{ErrorKind::unavailable,
              fmt::format("another process looks after run {} at this moment", run.number),
              {fmt::format("`mlops run wait {}` waits until it is over", run.number)}};
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
                   .timeout_seconds = recipe.conduct.timeout_seconds,
                   .retry_codes = recipe.conduct.retry.exit_codes,
                   .retry_times = recipe.conduct.retry.times,
                   .cpus = recipe.conduct.needs.cpus,
                   .memory_bytes = recipe.conduct.needs.memory_bytes,
                   .gpus = recipe.conduct.needs.gpus};
  for (const auto& [name, path] : recipe.outputs) job.outputs.push_back((project / path).string());
  return {.kind = profile.kind, .profile = profile.name, .text = runners::open_cluster(profile)->description(job)};
}

void require_one_command(const RetrainDecision& decision, const runners::Profile& profile) {
  if (decision.recipe.stages.empty()) return;
  throw Error{ErrorKind::usage,
              fmt::format("the recipe of `{}` has stages, and those can't be a job of {} yet", decision.model,
                          printable(profile.name)),
              {"`--on local` trains on this machine"}};
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
