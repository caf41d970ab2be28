// The steps of a retraining, each ended by one transaction, so that it can go on after a crash where it stood.
#pragma once

#include <optional>
#include <string_view>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>

#include "recorded_command.hpp"
#include "retrain_plan.hpp"
#include "run_folder.hpp"
#include "training_ground.hpp"

namespace mlops::app {

// What comes next: the name is recorded with the run.
enum class RetrainStep { materialise, run, register_result, promote };
std::string_view name_of(RetrainStep step);
std::optional<RetrainStep> parse_step(std::string_view name);

struct Retraining {
  RetrainRequest request;
  RetrainDecision decision;
  CommandPlan plan;  // its run is the recorded one
  std::optional<RunFolder> folder;
  TrainingGround ground;
  bool resumed = false;  // another process had begun it
  RetrainOutcome outcome;
};

// The code that the training runs on.
CodeState code_of(Workspace& workspace, const RetrainDecision& decision);

// What is recorded of the run before its start.
void plan_run(Workspace& workspace, Retraining& training);
// What going on with it after a crash needs.
void plan_steps(Workspace& workspace, Retraining& training);
// The same as the first once it is known where it runs.
void plan_places(Retraining& training);

// The commit, its data and empty places for its outputs, in the folder of the run.
void lay_out(Workspace& workspace, Retraining& training);

// git must not collect what only the run knows.
void hold_snapshot(Workspace& workspace, const RetrainDecision& decision, std::int64_t run);

// The version that the files of this run are.
std::optional<domain::Version> registered_version(Workspace& workspace, const domain::Run& run);

// Says where the code comes from, and what of the person's tree is left out.
void tell_ground(Workspace& workspace, const RetrainDecision& decision);

// From this step to the end; `training.outcome` tells what came of it.
void go_through(Workspace& workspace, Retraining& training, RetrainStep step);

}  // namespace mlops::app
