// How far the inputs of a batch are from the reference.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/dataset_drift.hpp>
#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/policy.hpp>

#include "batch_counts.hpp"

namespace mlops::app {

// Which columns are features.
struct FeatureRules {
  std::vector<std::string> ignored;  // never: the id, and what the policy ignores
  std::vector<std::string> apart;    // truths and the like: not when only one side has them
};
FeatureRules feature_rules(const domain::Policy& policy, const std::string& model);

// With the columns that are gone or new, less those that are no features.
DriftOutcome drift_of_inputs(const FrozenReference& reference, const BatchCounts& counts, const FeatureRules& features);

// "drift.…" and "missing.…" of domain::BatchFacts. A column that is gone has drifted.
domain::BatchFigures input_figures(const FrozenReference& reference, const BatchCounts& counts,
                                   const FeatureRules& features, const DriftOutcome& drift);

}  // namespace mlops::app
