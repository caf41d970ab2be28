#include <fmt/core.h>

#include <mlops/app/run.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "cluster/job.hpp"
#include "cluster/profile.hpp"
#include "cluster/training.hpp"
#include "lost_runs.hpp"
#include "policy_source.hpp"
#include "retrain_steps.hpp"
#include "stages/foresee.hpp"
#include "stages/plan.hpp"

namespace mlops::app {

namespace {

std::string text_in(const Json& request, std::string_view key) {
  const Json* const value = request.find(key);
  return value != nullptr && value->is_string() ? value->as_string() : std::string{};
}

std::vector<DataArgument> inputs_in(const Json& request) {
  std::vector<DataArgument> inputs;
  const Json* const recorded = request.find("inputs");
  if (recorded == nullptr) return inputs;
  for (const Json& item : recorded->as_array()) {
    DataArgument input;
    input.role = item.at("role").as_string();
    if (const Json& path = item.at("path"); path.is_string()) input.path = path.as_string();
    if (const Json& reference = item.at("reference"); reference.is_string()) input.reference = reference.as_string();
    inputs.push_back(std::move(input));
  }
  return inputs;
}

// What was decided then, from what is recorded of it.
Retraining recorded_retraining(Workspace& workspace, const domain::Run& run) {
  Retraining training;
  training.plan.run = run;
  training.plan.execution = domain::execution_of(run);
  const domain::Execution& execution = training.plan.execution;
  const Json* const repeats = execution.request.find("repeats");
  const bool repeated = repeats != nullptr && repeats->is_bool() && repeats->as_bool();
  training.decision = decide_again(workspace, run, repeated);
  training.decision.changes_of = text_in(execution.request, "changes_of");
  training.request.message = text_in(execution.request, "message");
  if (const std::string stage = text_in(execution.request, "promote"); !stage.empty()) training.request.promote = stage;
  training.request.inputs = inputs_in(execution.request);
  if (const Json* const cause = execution.request.find("cause")) training.request.cause = *cause;
  if (const Json* const fresh = execution.request.find("fresh")) training.request.fresh = fresh->as_bool();
  if (const Json* const jobs = execution.request.find("jobs"); jobs != nullptr && !jobs->is_null())
    training.request.jobs = jobs->as_integer();
  return training;
}

// From now on this process looks after the run; of two that try, one wins, and only that one touches the folder.
void take_up(Workspace& workspace, Retraining& training) {
  const domain::Run before = training.plan.run;
  const auto left = training.plan.execution.folder;
  const bool is_there = left && std::filesystem::exists(*left);
  const auto& job = training.plan.execution.job;
  if (!is_there) {
    training.folder.emplace(
        RunFolder::make(job ? jobs_folder(workspace, profile_of(*job)) : workspace.context().temporary_directory));
  }
  own(workspace, training.plan, is_there ? std::filesystem::path{*left} : training.folder->path());
  if (before.status == domain::RunStatus::interrupted) training.plan.run.status = domain::RunStatus::running;
  training.plan.run.failure.clear();
  if (before.status != domain::RunStatus::succeeded) training.plan.run.ended_at = std::nullopt;
  const auto transaction = workspace.write();
  transaction->resume_run(before, training.plan.run);
  transaction->commit();
  if (left && !job) end_command_of(*left);  // what a cluster runs, it ends
  if (!is_there) return;
  training.folder.emplace(RunFolder::take_over(*left));
}

// The attempt that a crash ended is one of those that were made. One that a person interrupted is recorded already.
void note_lost_attempt(Retraining& training, const domain::Run& before, RetrainStep step) {
  const bool was_lost = before.status == domain::RunStatus::running || before.failure == lost_failure;
  take_up_stages(training.plan.execution.stages, was_lost);
  if (step != RetrainStep::run || !was_lost || training.plan.execution.job || training.folder->attempts()) return;
  training.plan.execution.attempts.push_back({.exit_code = {}, .failure = "lost with its process", .used = {}});
}

// The same work tree when it is still there; the commit checked out again otherwise.
RetrainStep restore_ground(Workspace& workspace, Retraining& training, RetrainStep step) {
  training.ground = take_over_ground(workspace, code_of(workspace, training.decision), training.folder->path());
  if (step == RetrainStep::materialise) {
    training.ground = {};  // half of one is removed
    return step;
  }
  if (step != RetrainStep::run) return step;
  if (!training.ground.worktree) {
    workspace.context().tell("its work tree is gone; checking the commit out again");
    prune_trees(workspace);
    return RetrainStep::materialise;
  }
  const auto& job = training.plan.execution.job;
  const bool has_run = job ? !job->id.empty() : training.folder->attempts().has_value();
  // Of stages each clears what it is to write again, and no other.
  if (!has_run && training.decision.recipe.stages.empty()) {
    clear_outputs(training.decision.recipe.outputs, training.decision.recipe.metrics, training.ground.project);
  }
  plan_places(training);
  return step;
}

// Without stages only the trials of a search can run at once.
void require_stages_for_jobs(const Retraining& training) {
  if (!training.request.jobs || !training.decision.recipe.stages.empty()) return;
  throw Error{ErrorKind::usage,
              "a search needs params to search over",
              {"`--set lr=[0.01,0.1]`, `--set depth=2..8`, or `--set @trials.csv`"}};
}

// One job has room for one stage at a time.
void require_no_jobs(const Retraining& training, const runners::Profile& profile) {
  if (training.request.jobs.value_or(1) == 1 || training.decision.recipe.stages.empty()) return;
  throw Error{ErrorKind::usage,
              fmt::format("the stages of a recipe run one after the other in a job of {}", printable(profile.name)),
              {"leave `--jobs` out; `--on local` runs those at the same time that don't wait for each other"}};
}

// The old job is over, or was never one.
void renew_job(Workspace& workspace, Retraining& training) {
  domain::ClusterJob& job = *training.plan.execution.job;
  if (job.id.empty()) return;
  workspace.context().tell(fmt::format("{} is over; it is submitted anew", job_text(job)));
  job.name = new_job(profile_of(job)).name;
  job.id.clear();
  if (const auto& folder = training.plan.execution.folder) runners::forget_job_result(*folder);
}

}  // namespace

RetrainOutcome retrain(Workspace& workspace, const RetrainRequest& request) {
  Retraining training;
  training.request = request;
  training.decision = decide_retrain(workspace, request);
  const RetrainDecision& decision = training.decision;
  const domain::Policy policy = gate_policy(workspace).policy;
  if (request.promote) require_stage(policy, *request.promote);

  RetrainOutcome& outcome = training.outcome;
  outcome.model = decision.model;
  outcome.plan = decision.plan;
  outcome.last_stage = policy.stages.back();
  if (decision.parent) outcome.parent = decision.parent->id;
  require_stages_for_jobs(training);
  const runners::Profile profile = choose_profile(workspace.context().settings, request.on, decision.recipe.on);
  const bool is_job = profile.kind != here;
  if (is_job) require_no_jobs(training, profile);
  // Also where it is not shown: what the profile lacks is told before anything is done.
  if (is_job) static_cast<void>(planned_job(workspace, training, profile));
  if (request.dry_run) {
    if (!decision.recipe.stages.empty()) outcome.stages = foresee_stages(workspace, training);
    if (is_job) outcome.planned_job = planned_job(workspace, training, profile);
    return outcome;
  }

  close_lost_runs(workspace);
  prune_trees(workspace);
  tell_ground(workspace, decision);
  training.folder.emplace(
      RunFolder::make(is_job ? jobs_folder(workspace, profile) : workspace.context().temporary_directory));
  plan_run(workspace, training);
  if (is_job) training.plan.execution.job = new_job(profile);
  plan_steps(workspace, training);
  record_start(workspace, training.plan, *training.folder);
  go_through(workspace, training, RetrainStep::materialise);
  outcome.stages = training.plan.execution.stages;
  return outcome;
}

RetrainOutcome resume_retrain(Workspace& workspace, std::int64_t number) {
  const domain::Run run = require_resumable(workspace, number);
  const bool is_job = domain::execution_of(run).job.has_value();
  const bool is_renewed = is_job && needs_new_job(workspace, run);
  Retraining training = recorded_retraining(workspace, run);
  training.resumed = true;
  if (is_renewed) renew_job(workspace, training);
  const std::string recorded_step = training.plan.execution.step.value_or("");
  const auto step = parse_step(recorded_step);
  if (!step) {
    throw Error{ErrorKind::failed, fmt::format("run {} stands at the step `{}`, which this program doesn't know",
                                               number, printable(recorded_step))};
  }
  RetrainOutcome& outcome = training.outcome;
  outcome.model = training.decision.model;
  outcome.plan = training.decision.plan;
  outcome.last_stage = gate_policy(workspace).policy.stages.back();
  outcome.parent = run.parent;
  if (*step == RetrainStep::promote) {
    outcome.version = registered_version(workspace, run);
    if (!outcome.version)
      throw Error{ErrorKind::not_found, fmt::format("the version that run {} made is deleted", number)};
  }
  take_up(workspace, training);
  const bool is_only_taken_in = is_job && !is_renewed && *step == RetrainStep::run;
  workspace.context().tell(is_only_taken_in ? fmt::format("taking in what came of run {} of {}", number, outcome.model)
                                            : fmt::format("going on with run {} of {}, at the step `{}`", number,
                                                          outcome.model, name_of(*step)));
  note_lost_attempt(training, run, *step);
  const auto job = training.plan.execution.job;
  go_through(workspace, training, restore_ground(workspace, training, *step));
  if (job && !job->id.empty()) runners::open_cluster(profile_of(*job))->let_go(job->id);
  outcome.stages = training.plan.execution.stages;
  return outcome;
}

}  // namespace mlops::app
