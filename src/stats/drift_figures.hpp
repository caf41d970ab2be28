// The figures of a column's drift, and what they say.
#pragma once

#include <mlops/stats/column_drift.hpp>
#include <mlops/stats/divergence.hpp>

namespace mlops::stats {

// What is known of the statistic lies in `bounds`; `null_bound` is what sampling alone stays below.
DriftFigure distance_figure(DriftStatistic statistic, const Interval& bounds, double threshold, double null_bound);
DriftFigure test_figure(DriftStatistic statistic, double value, double p, const DriftRules& rules);

// psi, jensen_shannon, l_infinity or chi_square of counts; chi_square is nullopt when all rows are of one category or
// of rare ones.
std::optional<DriftFigure> count_figure(DriftStatistic statistic, BinCounts reference, BinCounts current,
                                        const DriftRules& rules);

// Adds the figures up: the column's drift and the reason for what is inconclusive.
void judge(ColumnDrift& column);

}  // namespace mlops::stats
