// Metrics of the order into which scores put the rows: areas under curves, and the curves for plots.
//
// Scores may be any finite numbers. Definitions are scikit-learn's; equal scores are one threshold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <mlops/stats/predictions.hpp>

namespace mlops::stats {

// Rows from the highest score to the lowest. Sorting is what takes time; whoever computes a metric again and again,
// with the same scores and other weights, sorts once.
class ScoreOrder {
 public:
  // Throws Error{usage} when a score isn't finite.
  explicit ScoreOrder(std::span<const double> scores);
  // Of one column of class scores.
  ScoreOrder(const ClassScores& rows, std::uint32_t label);

  [[nodiscard]] std::span<const std::size_t> rows() const { return rows_; }
  // Where each run of equal scores ends, in rows(): the position after its last row.
  [[nodiscard]] std::span<const std::size_t> ends() const { return ends_; }

 private:
  ScoreOrder(std::span<const double> scores, std::size_t first, std::size_t stride);

  std::vector<std::size_t> rows_;
  std::vector<std::size_t> ends_;
};

// The chance that a positive row has a higher score than a negative one, where a tie counts half. NaN when there are no
// positive or no negative rows. Source: Hanley and McNeil, "The meaning and use of the area under a ROC curve" (1982).
[[nodiscard]] MetricValue roc_auc(const BinaryScores& rows);
[[nodiscard]] MetricValue roc_auc(const BinaryScores& rows, const ScoreOrder& order);

enum class MultiClass {
  one_vs_rest,  // the area of each class against all others
  one_vs_one,   // of each pair of classes the mean of both areas: Hand and Till, "A simple generalisation …" (2001)
};

// The mean area: macro, or weighted by the true rows of the class or pair. NaN when a class has no true rows.
// Throws Error{usage} for the micro average.
[[nodiscard]] MetricValue roc_auc(const ClassScores& rows, MultiClass scheme, Average average = Average::macro);

// Σ (recall - recall before) · precision over the thresholds: a sum of steps, without interpolation. 0 when there are
// no positive rows.
[[nodiscard]] MetricValue average_precision(const BinaryScores& rows);
[[nodiscard]] MetricValue average_precision(const BinaryScores& rows, const ScoreOrder& order);
// The mean over classes, each against the rest: macro or weighted. Throws Error{usage} for the micro average.
[[nodiscard]] MetricValue average_precision(const ClassScores& rows, Average average = Average::macro);

struct RocPoint {
  double threshold = 0;  // rows with at least this score are predicted positive; infinite at the first point
  double false_positive_rate = 0;
  double true_positive_rate = 0;
};
struct PrecisionRecallPoint {
  double threshold = 0;
  double recall = 0;
  double precision = 0;
};

inline constexpr std::size_t points_for_plots = 200;

// From (0, 0) to (1, 1), at most `most_points` (at least 2) points of the curve that lie about evenly along it; corners
// only. Empty when there are no positive or no negative rows.
[[nodiscard]] std::vector<RocPoint> roc_curve(const BinaryScores& rows, std::size_t most_points = points_for_plots);
// By rising recall up to 1, at most `most_points` (at least 2) thresholds about evenly spread over recall. Empty when
// there are no positive rows.
[[nodiscard]] std::vector<PrecisionRecallPoint> precision_recall_curve(const BinaryScores& rows,
                                                                       std::size_t most_points = points_for_plots);

}  // namespace mlops::stats
