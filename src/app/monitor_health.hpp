// What of a batch is amiss, in words.
#pragma once

#include <string>
#include <vector>

#include <mlops/app/monitor_check.hpp>
#include <mlops/domain/policy.hpp>

#include "batch_counts.hpp"
#include "monitor_inputs.hpp"

namespace mlops::app {

std::vector<ColumnHealth> column_health(const FrozenReference& reference, const BatchCounts& counts,
                                        const FeatureRules& features);

// In no order.
std::vector<MonitorFinding> findings_of(const CheckedBatch& checked);

// What must hold of a batch's predictions, and whose gate says so.
struct WatchedConditions {
  std::vector<domain::Compound<domain::PredictionCondition>> conditions;
  std::string stage;
};
WatchedConditions watched_conditions(const domain::Policy& policy, const std::string& model);

}  // namespace mlops::app
