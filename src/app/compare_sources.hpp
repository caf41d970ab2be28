// The predictions that a person wants compared: of two versions, or in two files.
#pragma once

#include <array>
#include <memory>

#include <mlops/app/compare.hpp>
#include <mlops/app/workspace.hpp>

#include "check_ground.hpp"
#include "policy_source.hpp"
#include "predictions.hpp"

namespace mlops::app {

struct ComparedPredictions {
  domain::PredictionRecipe recipe;  // what the policy says of the model, and the request above it
  const Predictions* challenger = nullptr;
  const Predictions* champion = nullptr;

  // What owns them.
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<PolicySource> policy;
  std::unique_ptr<CheckGround> ground;
  std::unique_ptr<PredictionMaker> maker;
  std::array<Predictions, 2> files;
};

// Error as of compare().
std::unique_ptr<ComparedPredictions> predictions_to_compare(const Context& context, const CompareRequest& request);

}  // namespace mlops::app
