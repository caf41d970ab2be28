#include <mlops/app/run.hpp>
#include <mlops/domain/records.hpp>

#include "policy_source.hpp"
#include "recorded_command.hpp"
#include "retrain_ground.hpp"
#include "retrain_inputs.hpp"
#include "retrain_plan.hpp"
#include "retrain_result.hpp"

namespace mlops::app {

namespace {

domain::Run train(Workspace& workspace, const RetrainRequest& request, const RetrainDecision& decision) {
  workspace.repository()->prune_worktrees();
  tell_ground(workspace, decision);
  const TrainingGround ground{workspace, decision};
  auto snapshots = choose_inputs(workspace, request, decision, ground.project());
  place_inputs(workspace, decision, snapshots, ground.project());
  return execute(workspace, training_command(workspace, decision, ground.project(), std::move(snapshots)));
}

}  // namespace

RetrainOutcome retrain(Workspace& workspace, const RetrainRequest& request) {
  const RetrainDecision decision = decide_retrain(workspace, request);
  const domain::Policy policy = gate_policy(workspace).policy;
  if (request.promote) require_stage(policy, *request.promote);

  RetrainOutcome outcome;
  outcome.model = decision.model;
  outcome.plan = decision.plan;
  outcome.last_stage = policy.stages.back();
  if (decision.parent) outcome.parent = decision.parent->id;
  if (request.dry_run) return outcome;

  close_lost_runs(workspace);
  outcome.run = train(workspace, request, decision);
  if (outcome.run->status != domain::RunStatus::succeeded) {
    record_end(workspace, *outcome.run);
    throw_if_interrupted(*outcome.run);
    return outcome;
  }
  register_result(workspace, request.message, decision, *outcome.run, outcome);
  compare_result(workspace, decision, outcome);
  if (request.promote) promote_result(workspace, *request.promote, outcome);
  return outcome;
}

}  // namespace mlops::app
