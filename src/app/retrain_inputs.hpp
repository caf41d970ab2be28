// The input data of a retraining, put where the recipe expects it.
#pragma once

#include <filesystem>
#include <vector>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>

#include "retrain_plan.hpp"
#include "snapshot.hpp"

namespace mlops::app {

// For each input of the recipe the bytes to train on, stored and in place below `project` (the project's folder in the
// work tree). They come from, in this order: the person's `--input`; the parent's recorded data when the training
// repeats it; the commit; the project's own folder, for data that is not in git.
std::vector<Snapshot> place_inputs(Workspace& workspace, const RetrainRequest& request, const RetrainDecision& decision,
                                   const std::filesystem::path& project);

// The two halves of it: the bytes, sorted by role, and where they belong.
std::vector<Snapshot> choose_inputs(Workspace& workspace, const RetrainRequest& request,
                                    const RetrainDecision& decision, const std::filesystem::path& project);
void place_inputs(Workspace& workspace, const RetrainDecision& decision, const std::vector<Snapshot>& snapshots,
                  const std::filesystem::path& project);

}  // namespace mlops::app
