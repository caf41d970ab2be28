// Intervals by drawing rows, or clusters of rows, anew: for metrics whose spread no formula tells.
#pragma once

#include <string_view>

#include "metric_estimate.hpp"

namespace mlops::app {

// Fills in interval and method, and p-value and test where two versions are compared.
void estimate_by_drawing(std::string_view metric, const MetricRows& rows, const EstimateOptions& options,
                         MetricEstimate& result);

}  // namespace mlops::app
