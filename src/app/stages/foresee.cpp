#include "stages/foresee.hpp"

#include "retrain_inputs.hpp"
#include "stages/judge.hpp"
#include "stages/plan.hpp"

namespace mlops::app {

std::vector<domain::StageRun> foresee_stages(Workspace& workspace, Retraining& training) {
  const CodeState code = code_of(workspace, training.decision);
  training.ground = lay_ground(workspace, code, workspace.context().temporary_directory);
  // A dry run stores no changes, so there is no object of them.
  if (training.request.include_dirty) {
    const std::string changes = workspace.repository()->diff();
    if (!changes.empty()) training.ground.worktree->apply(changes);
  }
  plan_run(workspace, training);
  plan_places(training);
  CommandPlan& plan = training.plan;
  lay_out_stages(plan.execution, training.ground.project);
  for (const Snapshot& snapshot :
       choose_inputs(workspace, training.request, training.decision, training.ground.project))
    plan.run.inputs.push_back({.role = snapshot.role, .dataset = {}, .number = 0, .digest = snapshot.dataset.digest});
  StageJudge judge{workspace, plan, training.request.fresh};
  for (domain::StageRun& stage : plan.execution.stages) judge.foresee(stage);
  return plan.execution.stages;
}

}  // namespace mlops::app
