// What a fairness metric could be where a group's rate is 0 or 1, and drawing rows therefore can't change it.
#pragma once

#include "group_rates.hpp"

namespace mlops::stats {

// The interval, widened by how far the metric moves when each such rate takes the other end of its Wilson interval
// instead; distances of different groups and of the drawn rows are squared and added, as in Newcombe's intervals.
// Unchanged when no rate that the metric compares is 0 or 1.
// Source: Zou and Donner, "Construction of Confidence Limits about Effect Measures: A General Approach" (2008).
Interval widened_by_unseen(const Interval& drawn, double value, GroupCells cells, FairnessMetric metric,
                           std::size_t reference, double confidence);

}  // namespace mlops::stats
