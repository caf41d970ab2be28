// Metrics of predicted numbers. Definitions are scikit-learn's (1.x). Each is NaN without rows, and where doubles
// overflow.
#pragma once

#include <mlops/stats/predictions.hpp>

namespace mlops::stats {

[[nodiscard]] MetricValue mean_absolute_error(const NumberPairs& rows);
[[nodiscard]] MetricValue mean_squared_error(const NumberPairs& rows);
[[nodiscard]] MetricValue root_mean_squared_error(const NumberPairs& rows);
// The mean of |error| / max(|truth|, 2⁻⁵²), a ratio: 0.1 is ten percent. Where truth is 0 it is huge.
[[nodiscard]] MetricValue mean_absolute_percentage_error(const NumberPairs& rows);
// With weights: where half of the weight lies on either side, and the mean of two where that falls between them.
[[nodiscard]] MetricValue median_absolute_error(const NumberPairs& rows);
// Of the rows with weight.
[[nodiscard]] MetricValue max_error(const NumberPairs& rows);

// 1 - Σ error² / Σ (truth - mean)², at most 1. When truth is constant: 1 if every prediction is right and 0 otherwise,
// and not defined; NaN of a single row.
[[nodiscard]] MetricValue r_squared(const NumberPairs& rows);
// The same of errors less their mean: a constant offset costs nothing.
[[nodiscard]] MetricValue explained_variance(const NumberPairs& rows);

// The mean of `quantile` · error where truth lies above the prediction, and (1 - quantile) · |error| where below: what
// a prediction of that quantile minimises. Throws Error{usage} unless quantile is in [0, 1]. Source: Koenker and
// Bassett, "Regression quantiles" (1978).
[[nodiscard]] MetricValue pinball_loss(const NumberPairs& rows, double quantile = 0.5);

}  // namespace mlops::stats
