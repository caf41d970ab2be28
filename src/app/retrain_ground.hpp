// Where a recipe is trained: a clean checkout of its commit, with its inputs in place.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>

#include "recorded_command.hpp"
#include "retrain_plan.hpp"
#include "snapshot.hpp"

namespace mlops::app {

// Removed when the value goes. The person's tree, index and stash are never touched.
class TrainingGround {
 public:
  TrainingGround(Workspace& workspace, const RetrainDecision& decision);

  // The project's folder in the checkout.
  [[nodiscard]] const std::filesystem::path& project() const { return project_; }

 private:
  std::unique_ptr<git::Worktree> worktree_;
  std::filesystem::path project_;
};

// Says where the code comes from, and what of the person's tree is left out.
void tell_ground(Workspace& workspace, const RetrainDecision& decision);

// The recipe's command in that folder, with its record as far as it is known before the start.
CommandPlan training_command(Workspace& workspace, const RetrainDecision& decision,
                             const std::filesystem::path& project, std::vector<Snapshot> snapshots);

}  // namespace mlops::app
