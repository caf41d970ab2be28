// Walking down the thresholds of scores, from the highest.
#pragma once

#include <mlops/stats/roc.hpp>

#include "prediction_checks.hpp"

namespace mlops::stats {

// The weights of the rows of one score.
struct TieWeights {
  double score = 0;
  double positive = 0;
  double negative = 0;
};

// Visits each run of equal scores that has weight. The rows are checked and the order is theirs.
template <typename Visit>
void for_each_threshold(const BinaryScores& rows, const ScoreOrder& order, Visit visit) {
  std::size_t at = 0;
  for (const std::size_t end : order.ends()) {
    TieWeights tie{.score = rows.scores[order.rows()[at]]};
    for (; at < end; ++at) {
      const std::size_t row = order.rows()[at];
      (rows.truth[row] == rows.positive ? tie.positive : tie.negative) += weight_of(rows.weights, row);
    }
    if (tie.positive > 0 || tie.negative > 0) visit(tie);
  }
}

}  // namespace mlops::stats
