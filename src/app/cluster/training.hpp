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

// Error{usage} where the recipe has stages, and so can't be the task of a job array.
void require_one_command(const RetrainDecision& decision, const runners::Profile& profile);

// Hands it over, and from now on the cluster has it: nobody needs to wait. Not where earlier runs have done all of its
// stages: there is nothing left for a cluster then, and it goes on here.
bool hand_over(Workspace& workspace, Retraining& training);

// What came of its job, which is over.
void take_in(Workspace& workspace, Retraining& training);

// Error{unavailable} while its job goes on, or when nobody can tell. Otherwise whether its job has to be handed over
// anew: it was never, or it ended without an end.
bool needs_new_job(Workspace& workspace, const domain::Run& run);

}  // namespace mlops::app
