// Drift from counts in the bins of a reference.
#pragma once

#include <string>
#include <vector>

#include <mlops/app/dataset_drift.hpp>

#include "frozen_reference.hpp"

namespace mlops::app {

// Of these columns; of all when there are none.
DriftOutcome compare_counts(const FrozenReference& reference, const CountedTable& current,
                            const std::vector<std::string>& wanted, const stats::DriftRules& rules);

}  // namespace mlops::app
