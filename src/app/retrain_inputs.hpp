// The input data of a retraining.
#pragma once

#include <filesystem>
#include <vector>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>

#include "retrain_plan.hpp"
#include "snapshot.hpp"

namespace mlops::app {

// For each input of the recipe the bytes to train on, stored, sorted by role. They come from, in this order: the
// person's `--input`; the parent's recorded data when the training repeats it; the commit, checked out so that
// `project` is the project's folder in it; the project's own folder, for data that is not in git.
std::vector<Snapshot> choose_inputs(Workspace& workspace, const RetrainRequest& request,
                                    const RetrainDecision& decision, const std::filesystem::path& project);

}  // namespace mlops::app
