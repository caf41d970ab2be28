#include <mlops/stats/roc.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"
#include "score_thresholds.hpp"

namespace mlops::stats {
namespace {

void check_ordered(const BinaryScores& rows, const ScoreOrder& order) {
  check_rows(rows);
  if (order.rows().size() == rows.truth.size()) return;
  throw Error{ErrorKind::usage, fmt::format("{} rows, but an order of {}", rows.truth.size(), order.rows().size())};
}

void check_most_points(std::size_t most_points) {
  if (most_points < 2) throw Error{ErrorKind::usage, fmt::format("a curve of {} points", most_points)};
}

// The first point, the last one, and between them the first in each of equal steps of progress, which rises.
template <typename Point, typename Progress>
std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most_points, Progress progress) {
  if (points.size() <= most_points) return points;
  std::vector<Point> kept = {points.front()};
  const double start = progress(points.front());
  const double length = progress(points.back()) - start;
  const auto steps = static_cast<double>(most_points - 2);
  double next = 0;
  for (std::size_t at = 1; at + 1 < points.size() && next < steps; ++at) {
    const double step = std::floor((progress(points[at]) - start) / length * steps);
    if (step < next || step >= steps) continue;
    kept.push_back(points[at]);
    next = step + 1;
  }
  kept.push_back(points.back());
  return kept;
}

// Whether the curve goes on in the same direction.
bool is_straight(const TieWeights& before, const TieWeights& tie) {
  const double turn = before.positive * tie.negative - before.negative * tie.positive;
  return !(turn < 0) && !(turn > 0);
}

struct Totals {
  double positive = 0;
  double negative = 0;
};

Totals totals_of(const BinaryScores& rows, const ScoreOrder& order) {
  CompensatedSum positive;
  CompensatedSum negative;
  for_each_threshold(rows, order, [&](const TieWeights& tie) {
    positive.add(tie.positive);
    negative.add(tie.negative);
  });
  return {.positive = positive.value(), .negative = negative.value()};
}

}  // namespace

MetricValue roc_auc(const BinaryScores& rows) {
  check_rows(rows);
  return roc_auc(rows, ScoreOrder{rows.scores});
}

MetricValue roc_auc(const BinaryScores& rows, const ScoreOrder& order) {
  check_ordered(rows, order);
  CompensatedSum positive;
  CompensatedSum negative;
  CompensatedSum won;
  for_each_threshold(rows, order, [&](const TieWeights& tie) {
    if (tie.negative > 0) won.add(tie.negative * (positive.value() + tie.positive / 2));
    positive.add(tie.positive);
    negative.add(tie.negative);
  });
  return ratio_or_nan(won.value(), positive.value() * negative.value());
}

MetricValue average_precision(const BinaryScores& rows) {
  check_rows(rows);
  return average_precision(rows, ScoreOrder{rows.scores});
}

MetricValue average_precision(const BinaryScores& rows, const ScoreOrder& order) {
  check_ordered(rows, order);
  CompensatedSum positive;
  CompensatedSum predicted;
  CompensatedSum steps;
  for_each_threshold(rows, order, [&](const TieWeights& tie) {
    positive.add(tie.positive);
    predicted.add(tie.positive + tie.negative);
    if (tie.positive > 0) steps.add(tie.positive * (positive.value() / predicted.value()));
  });
  return ratio_or_zero(steps.value(), positive.value());
}

std::vector<RocPoint> roc_curve(const BinaryScores& rows, std::size_t most_points) {
  check_rows(rows);
  check_most_points(most_points);
  const ScoreOrder order{rows.scores};
  const Totals totals = totals_of(rows, order);
  if (!(totals.positive > 0) || !(totals.negative > 0)) return {};
  std::vector<RocPoint> points = {{.threshold = std::numeric_limits<double>::infinity()}};
  CompensatedSum positive;
  CompensatedSum negative;
  TieWeights before;
  for_each_threshold(rows, order, [&](const TieWeights& tie) {
    positive.add(tie.positive);
    negative.add(tie.negative);
    if (points.size() > 1 && is_straight(before, tie)) points.pop_back();
    points.push_back({.threshold = tie.score,
                      .false_positive_rate = negative.value() / totals.negative,
                      .true_positive_rate = positive.value() / totals.positive});
    before = tie;
  });
  return thinned(points, most_points,
                 [](const RocPoint& point) { return point.false_positive_rate + point.true_positive_rate; });
}

std::vector<PrecisionRecallPoint> precision_recall_curve(const BinaryScores& rows, std::size_t most_points) {
  check_rows(rows);
  check_most_points(most_points);
  const ScoreOrder order{rows.scores};
  const Totals totals = totals_of(rows, order);
  if (!(totals.positive > 0)) return {};
  std::vector<PrecisionRecallPoint> points;
  CompensatedSum positive;
  CompensatedSum predicted;
  bool is_complete = false;
  for_each_threshold(rows, order, [&](const TieWeights& tie) {
    if (is_complete) return;
    positive.add(tie.positive);
    predicted.add(tie.positive + tie.negative);
    points.push_back({.threshold = tie.score,
                      .recall = positive.value() / totals.positive,
                      .precision = positive.value() / predicted.value()});
    is_complete = positive.value() >= totals.positive;
  });
  return thinned(points, most_points, [](const PrecisionRecallPoint& point) { return point.recall; });
}

}  // namespace mlops::stats
