// What the version says of rows that it was not trained on and whose truth is known.
#pragma once

#include <optional>

#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/domain/records.hpp>

#include "kept_predictions.hpp"
#include "policy_source.hpp"

namespace mlops::app {

struct HoldoutPredictions {
  domain::MonitorHoldout record;  // its object is in the artifact store, unless it was a dry run
  KeptPredictions rows;           // those with a truth
};

// From a table of the person's. Error{usage} when no row has a truth.
HoldoutPredictions read_holdout(Workspace& workspace, const DataRequest& request, const domain::VersionId& version,
                                const domain::PredictionRecipe& recipe, bool dry_run);

// Made by the command in [model.NAME.predictions], or taken from what it made before. nullopt without such a command,
// and with a warning when it fails.
std::optional<HoldoutPredictions> make_holdout(Workspace& workspace, const PolicySource& policy,
                                               const domain::Version& version);

// The policy's own, or the usual ones.
domain::PredictionRecipe prediction_recipe(const domain::Policy& policy, const std::string& model);
domain::MonitorRules monitor_rules(const domain::Policy& policy, const std::string& model);

}  // namespace mlops::app
