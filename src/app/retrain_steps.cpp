#include "retrain_steps.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/domain/files.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "cluster/staged_job.hpp"
#include "cluster/training.hpp"
#include "files_of_run.hpp"
#include "policy_source.hpp"
#include "retrain_inputs.hpp"
#include "retrain_result.hpp"
#include "stages/crew.hpp"
#include "stages/plan.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> step_names{"materialise", "run", "register", "promote"};

domain::GitState recorded_state(Workspace& workspace, const RetrainDecision& decision) {
  domain::GitState git;
  git.commit = decision.plan.commit;
  git.path = workspace.project_prefix();
  if (const auto here = workspace.repository()->working_state(workspace.project())) {
    git.remote = here->state.remote;
    if (here->state.commit == git.commit) git.branch = here->state.branch;
  }
  const bool parent_was_dirty = decision.repeats && decision.parent->git->dirty;
  git.dirty = decision.diff.has_value() || parent_was_dirty;
  git.diff = decision.diff;
  return git;
}

// Whoever edits and then retrains expects the edit to count; only a commit makes it, or being asked for.
void warn_of_changes(Workspace& workspace, const RetrainDecision& decision) {
  constexpr std::size_t named = 3;
  if (decision.repeats || decision.diff) return;
  const auto here = workspace.repository()->working_state(workspace.project());
  if (!here || !here->state.dirty || here->state.commit != decision.plan.commit) return;
  std::vector<std::string> paths{here->changed.begin(), here->changed.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                                    named, here->changed.size()))};
  for (std::string& path : paths) path = printable(path);
  if (here->changed.size() > named) paths.push_back(fmt::format("{} more", here->changed.size() - named));
  workspace.context().warn(
      fmt::format("your tree has changes that are not committed ({}); the training uses {} without them, "
                  "`--include-dirty` with them",
                  join(paths, ", "), short_commit(decision.plan.commit)));
}

// What resuming needs and the run doesn't say.
Json request_json(Workspace& workspace, const Retraining& training) {
  Json::Array inputs;
  for (const DataArgument& input : training.request.inputs) {
    inputs.push_back(Json::object({{"role", input.role},
                                   {"path", input.path ? Json{workspace.absolute(*input.path).string()} : Json{}},
                                   {"reference", input.reference}}));
  }
  Json json = Json::object({{"promote", training.request.promote},
                            {"message", training.request.message},
                            {"repeats", training.decision.repeats},
                            {"changes_of", training.decision.changes_of},
                            {"inputs", Json{std::move(inputs)}}});
  if (!training.request.cause.is_null()) json.set("cause", training.request.cause);
  if (training.decision.recipe.stages.empty()) return json;
  return json.set("fresh", training.request.fresh).set("jobs", training.request.jobs);
}

void note_step(Retraining& training, std::optional<RetrainStep> next) {
  domain::Execution& execution = training.plan.execution;
  execution.step = next ? std::optional{std::string{name_of(*next)}} : std::nullopt;
  if (!next) execution.folder = std::nullopt;
  training.plan.run.execution = domain::to_json(execution);
}

void advance(Workspace& workspace, Retraining& training, std::optional<RetrainStep> next) {
  note_step(training, next);
  record_progress(workspace, training.plan.run);
}

void note_code(Retraining& training) {
  training.plan.execution.submodules = training.ground.worktree->submodules();
  training.plan.execution.lfs = training.ground.worktree->lfs_files();
}

// Data that was recorded before is the data, whatever became of the files that it was taken from.
std::vector<Snapshot> placed_inputs(Workspace& workspace, const Retraining& training) {
  const fs::path& project = training.ground.project;
  std::vector<Snapshot> snapshots;
  for (const domain::DataUse& use : training.plan.run.inputs) snapshots.push_back(recorded_snapshot(workspace, use));
  if (snapshots.empty()) snapshots = choose_inputs(workspace, training.request, training.decision, project);
  for (const Snapshot& snapshot : snapshots) {
    const auto path = training.plan.execution.inputs.find(snapshot.role);
    if (path != training.plan.execution.inputs.end()) place_input(workspace, snapshot, path->second, project);
  }
  return snapshots;
}

void materialise(Workspace& workspace, Retraining& training) {
  tell_changes(workspace, code_of(workspace, training.decision));
  lay_out(workspace, training);
  note_step(training, RetrainStep::run);
  const auto transaction = workspace.write();
  training.plan.run.inputs = record_snapshots(*transaction, training.plan.snapshots);
  transaction->advance_run(training.plan.run);
  transaction->commit();
}

// Of stages that are done the store has all that going on needs, so that the folder may go.
bool has_done_stages(const Retraining& training) {
  return std::ranges::any_of(training.plan.execution.stages, &domain::StageRun::is_done);
}

// Checkpoints are hours of work: they stay, also when a person interrupts.
void end_unsuccessfully(Workspace& workspace, Retraining& training) {
  const bool was_interrupted = training.plan.run.status == domain::RunStatus::interrupted && training.folder;
  const bool keeps_folder = was_interrupted && training.folder->has_checkpoints();
  const bool can_go_on = keeps_folder || (was_interrupted && has_done_stages(training));
  note_step(training, can_go_on ? std::optional{RetrainStep::run} : std::nullopt);
  if (!keeps_folder) let_go(training.plan);
  record_end(workspace, training.plan.run);
  training.outcome.run = training.plan.run;
  if (can_go_on && !keeps_folder) {
    workspace.context().tell(
        fmt::format("`mlops retrain --resume {}` goes on at the stage that was not done", training.plan.run.number));
  }
  if (keeps_folder) {
    training.folder->keep();
    training.ground.worktree->keep();
    workspace.context().tell(
        fmt::format("its checkpoints are kept: `mlops retrain --resume {}` goes on, `mlops run gc` removes them",
                    training.plan.run.number));
  }
  if (!training.plan.execution.job) throw_if_interrupted(training.plan.run);
}

void train_in_stages(Workspace& workspace, Retraining& training) {
  const RetrainRequest& request = training.request;
  run_stages(workspace, training.plan, *training.folder,
             {.fresh = request.fresh, .jobs = request.jobs.value_or(default_stage_jobs()), .save = [&] {
                record_progress(workspace, training.plan.run);
              }});
}

bool train(Workspace& workspace, Retraining& training) {
  const auto& job = training.plan.execution.job;
  if (job && job->id.empty() && hand_over(workspace, training)) return false;
  if (job) take_in(workspace, training);
  recording_failure(workspace, training.plan.run, [&] {
    const bool has_stages = !training.plan.execution.stages.empty();
    if (job && has_stages) return collect_stages(workspace, training.plan, *training.folder);
    if (has_stages) return train_in_stages(workspace, training);
    if (job) return collect(workspace, training.plan, *training.folder);
    if (const auto done = training.folder->attempts()) {
      training.plan.execution.attempts = *done;
      training.plan.run.status = domain::RunStatus::succeeded;
      training.plan.run.exit_code = 0;
    } else {
      run_attempts(workspace, training.plan, *training.folder);
    }
    collect(workspace, training.plan, *training.folder);
  });
  if (training.plan.run.status != domain::RunStatus::succeeded) {
    end_unsuccessfully(workspace, training);
    return false;
  }
  // Until its version is registered the run is not over for others.
  training.plan.run.status = domain::RunStatus::running;
  advance(workspace, training, RetrainStep::register_result);
  return true;
}

void register_result(Workspace& workspace, Retraining& training) {
  note_step(training, training.request.promote ? std::optional{RetrainStep::promote} : std::nullopt);
  register_version(workspace, training.request.message, training.decision, training.plan.run, training.plan.run,
                   training.outcome);
}

}  // namespace

std::string_view name_of(RetrainStep step) { return step_names.at(static_cast<std::size_t>(step)); }

std::optional<RetrainStep> parse_step(std::string_view name) {
  for (std::size_t i = 0; i < step_names.size(); ++i) {
    if (step_names.at(i) == name) return static_cast<RetrainStep>(i);
  }
  return std::nullopt;
}

// A version registered from a dirty tree was made by code that no commit holds: the recorded difference is part of it.
CodeState code_of(Workspace& workspace, const RetrainDecision& decision) {
  return {.commit = decision.plan.commit,
          .diff = decision.diff,
          .changes_of = decision.changes_of,
          .folder = workspace.project_prefix()};
}

void plan_run(Workspace& workspace, Retraining& training) {
  const RetrainDecision& decision = training.decision;
  domain::Run& run = training.plan.run;
  run.model = decision.model;
  if (!training.request.cause.is_null()) run.name = training.request.message;
  if (decision.parent) run.parent = decision.parent->id;
  run.command = decision.plan.command;
  run.directory = workspace.project_prefix();
  run.params = decision.plan.params;
  run.param_overrides = decision.plan.param_overrides;
  run.seed = decision.recipe.seed;
  run.git = recorded_state(workspace, decision);
  domain::Execution& execution = training.plan.execution;
  execution.command_template = decision.recipe.command;
  execution.inputs = {decision.recipe.inputs.begin(), decision.recipe.inputs.end()};
  execution.outputs = {decision.recipe.outputs.begin(), decision.recipe.outputs.end()};
  execution.metrics_file = decision.recipe.metrics;
  execution.tolerance = decision.recipe.tolerance;
  execution.conduct = decision.recipe.conduct;
  execution.snapshot = decision.snapshot;
  execution.stages = planned_stages(decision.recipe);
}

void plan_steps(Workspace& workspace, Retraining& training) {
  training.plan.execution.request = request_json(workspace, training);
  training.plan.execution.step = name_of(RetrainStep::materialise);
}

void lay_out(Workspace& workspace, Retraining& training) {
  const domain::Recipe& recipe = training.decision.recipe;
  training.ground = lay_ground(workspace, code_of(workspace, training.decision), training.folder->path());
  clear_outputs(recipe.outputs, recipe.metrics, training.ground.project);
  lay_out_stages(training.plan.execution, training.ground.project);
  training.plan.snapshots = placed_inputs(workspace, training);
  note_code(training);
  plan_places(training);
}

void plan_places(Retraining& training) {
  const domain::Recipe& recipe = training.decision.recipe;
  const fs::path& project = training.ground.project;
  CommandPlan& plan = training.plan;
  plan.directory = project;
  plan.outputs_required = true;
  plan.inputs.clear();
  plan.outputs.clear();
  plan.output_names_shown.clear();
  for (const auto& [role, path] : recipe.inputs) plan.inputs.emplace_back(role, project / path);
  for (const auto& [name, path] : recipe.outputs) {
    plan.outputs.emplace_back(name, project / path);
    plan.output_names_shown.push_back(path);
  }
  if (recipe.metrics) plan.metrics_file = project / *recipe.metrics;
  plan.best = recipe.best;
  plan.before_retry = [recipe, project] { clear_outputs(recipe.outputs, recipe.metrics, project); };
}

std::optional<domain::Version> registered_version(Workspace& workspace, const domain::Run& run) {
  const auto view = workspace.read();
  const auto manifest = domain::make_manifest(files_of_run(run), domain::Content::model);
  const auto number = view->find_by_digest(*run.model, manifest.digest.hex());
  return number ? view->version({*run.model, *number}) : std::nullopt;
}

void tell_ground(Workspace& workspace, const RetrainDecision& decision) {
  warn_of_changes(workspace, decision);
  workspace.context().tell(fmt::format("training {} in a clean checkout of {} ({})", decision.model,
                                       short_commit(decision.plan.commit), decision.plan.commit_origin));
}

void hold_snapshot(Workspace& workspace, const RetrainDecision& decision, std::int64_t run) {
  if (decision.snapshot && !decision.repeats)
    workspace.repository()->hold(fmt::format("refs/mlops/runs/{}", run), *decision.snapshot);
}

void go_through(Workspace& workspace, Retraining& training, RetrainStep step) {
  hold_snapshot(workspace, training.decision, training.plan.run.number);
  if (step == RetrainStep::materialise) {
    recording_failure(workspace, training.plan.run, [&] { materialise(workspace, training); });
    step = RetrainStep::run;
  }
  if (step == RetrainStep::run) {
    if (!train(workspace, training)) return;
    step = RetrainStep::register_result;
  }
  if (step == RetrainStep::register_result) {
    training.plan.run.status = domain::RunStatus::succeeded;
    register_result(workspace, training);
  }
  training.outcome.run = training.plan.run;
  compare_result(workspace, training.decision, training.outcome);
  if (!training.request.promote) return;
  promote_result(workspace, *training.request.promote, training.request.cause.is_null() ? "" : training.request.message,
                 training.outcome);
  advance(workspace, training, std::nullopt);
  training.outcome.run = training.plan.run;
}

}  // namespace mlops::app
