// How good predicted probabilities are, row by row. Curves over thresholds: roc.hpp. Calibration: calibration.hpp.
//
// Probabilities lie in [0, 1], and those of a row add up to 1 within 0.05 (they may have been rounded); else
// Error{usage}.
#pragma once

#include <cstddef>

#include <mlops/stats/predictions.hpp>

namespace mlops::stats {

// The mean of -ln(probability of what was true). Probabilities are kept within [2⁻⁵², 1 - 2⁻⁵²], and each row divided
// by its sum, as scikit-learn does with doubles. NaN without rows.
[[nodiscard]] MetricValue log_loss(const BinaryScores& rows);
[[nodiscard]] MetricValue log_loss(const ClassScores& rows);

// The mean squared distance of probability and truth. Of two classes only the positive one counts, so that the range is
// [0, 1]; of class scores all do, and the range is [0, 2]. NaN without rows.
// Source: Brier, "Verification of forecasts expressed in terms of probability" (1950), whose sum over two classes is
// twice the figure of the positive one.
[[nodiscard]] MetricValue brier(const BinaryScores& rows);
[[nodiscard]] MetricValue brier(const ClassScores& rows);

// The share of rows whose true label is among the k of the highest score, of which any finite number will do; of equal
// scores the later class stands first, as in scikit-learn. Throws Error{usage} for k = 0. NaN without rows.
[[nodiscard]] MetricValue top_k_accuracy(const ClassScores& rows, std::size_t k);

}  // namespace mlops::stats
