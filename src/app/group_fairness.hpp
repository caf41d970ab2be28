// Conditions that compare the groups of a column, such as `demographic_parity_ratio by sex >= 0.8`.
#pragma once

#include <mlops/checks/checks.hpp>

#include "prediction_rows.hpp"

namespace mlops::app {

// One slice, which compares all groups that have enough rows; `details` get the rates of each group. Error{failed} when
// the task has no positive class, or fewer than two groups can be compared.
checks::MeasuredSlice measure_fairness(const domain::PredictionCondition& condition, const PredictionColumns& columns,
                                       Json& details);

}  // namespace mlops::app
