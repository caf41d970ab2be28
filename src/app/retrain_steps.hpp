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
  RetrainOutcome outcome;
};

// The code that the training runs on.
CodeState code_of(Workspace& workspace, const RetrainDecision& decision);

// What is recorded of the run before its start.
void plan_run(Workspace& workspace, Retraining& training);
// The same once it is known where it runs.
void plan_places(Retraining& training);

// The version that the files of this run are.
std::optional<domain::Version> registered_version(Workspace& workspace, const domain::Run& run);

// Says where the code comes from, and what of the person's tree is left out.
void tell_ground(Workspace& workspace, const RetrainDecision& decision);

// The end of `ending` and the version that came of `trained`, in one transaction; both are the same run where nothing
// is searched. Files that are bit for bit those of a version that exists are that version.
void register_version(Workspace& workspace, const std::string& message, const RetrainDecision& decision,
                      const domain::Run& trained, const domain::Run& ending, RetrainOutcome& outcome);
// The version's metrics beside those of its parent and of the holder of the last stage.
void compare_result(Workspace& workspace, const RetrainDecision& decision, RetrainOutcome& outcome);
void promote_result(Workspace& workspace, const std::string& stage, RetrainOutcome& outcome);

// From this step to the end; `training.outcome` tells what came of it.
void go_through(Workspace& workspace, Retraining& training, RetrainStep step);

}  // namespace mlops::app
