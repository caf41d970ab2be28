// A retraining that a cluster runs: the steps between which nobody looks after it.
#pragma once

#include <cstdint>
#include <string>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/runners/cluster.hpp>

#include "retrain_steps.hpp"

namespace mlops::app {

// What a plan says of the job that it would be.
PlannedJob planned_job(const Workspace& workspace, const Retraining& training, const runners::Profile& profile);

// Error{usage} where the recipe can't be one job.
void require_one_command(const RetrainDecision& decision, const runners::Profile& profile);

// Error{unavailable} while its job goes on, or when nobody can tell. Otherwise whether its job has to be handed over
// anew: it was never, or it ended without an end.
bool needs_new_job(Workspace& workspace, const domain::Run& run);

}  // namespace mlops::app
