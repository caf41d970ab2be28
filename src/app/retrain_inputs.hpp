// The input data of a retraining, put where the recipe expects it.
#pragma once

#include <filesystem>
#include <vector>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>

#include "retrain_plan.hpp"
#include "snapshot.hpp"

namespace mlops::app {

// For each input of the recipe the bytes to train on, stored. They come from, in this order: the person's `--input`;
// the parent's recorded data when the training repeats it; the commit, checked out with the project's folder at
// `project`; the project's own folder, for data that is not in git. Sorted by role.
std::vector<Snapshot> choose_inputs(Workspace& workspace, const RetrainRequest& request,
                                    const RetrainDecision& decision, const std::filesystem::path& project);

// The dataset that a run or version used. Error{integrity} when the registry has lost it.
Snapshot recorded_snapshot(Workspace& workspace, const domain::DataUse& use);

// Puts them where the recipe expects them below `project`.
void place_inputs(Workspace& workspace, const RetrainDecision& decision, const std::vector<Snapshot>& snapshots,
                  const std::filesystem::path& project);

}  // namespace mlops::app
