// What a retraining will do, decided before anything is done.
#pragma once

#include <optional>
#include <string>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>

namespace mlops::app {

struct RetrainDecision {
  std::string model;
  std::optional<domain::Version> parent;  // nullopt for the first training
  bool repeats = false;                   // at the parent's own commit, with the parent's own data
  std::optional<Digest> diff;             // uncommitted changes on top of the commit
  std::string changes_of;                 // whose they are, in words
  std::optional<std::string> snapshot;    // a commit that holds both
  domain::Recipe recipe;
  RetrainPlan plan;
};

// Error{not_found} without a recipe or commit, Error{usage} for unknown params and inputs (with the near miss).
RetrainDecision decide_retrain(Workspace& workspace, const RetrainRequest& request);

// The recipe of the model at the decision's commit, or in its snapshot.
domain::Recipe find_recipe(Workspace& workspace, const RetrainDecision& decision);

// The same decision with these params set on top. Error{usage} for a param that the recipe doesn't have, or a value
// that it doesn't admit.
RetrainDecision with_params(RetrainDecision decision, const domain::Params& params);

// The decision of a training or search that has begun: at its commit, with its params.
RetrainDecision decide_again(Workspace& workspace, const domain::Run& run, bool repeats);

}  // namespace mlops::app
