// From columns of predictions to the rows that one metric is computed from.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/predictions.hpp>

#include "metric_estimate.hpp"
#include "prediction_rows.hpp"

namespace mlops::app {

// Of one version, or of two side by side. `cluster` is a column whose equal values belong together. Error{usage} as of
// PredictionColumns, and for a class that does not occur.
MetricRows read_metric_rows(const domain::PredictionCondition& condition, const PredictionColumns& own,
                            const PredictionColumns* held, const std::optional<std::string>& cluster = std::nullopt);

// The rows of each combination of values of the condition's columns that occurs; without columns all rows, named "".
std::map<std::string, std::vector<std::size_t>> slices_of(const domain::PredictionCondition& condition,
                                                          const PredictionColumns& columns);

}  // namespace mlops::app
