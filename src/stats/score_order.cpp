#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <mlops/stats/roc.hpp>
#include <mlops/support/error.hpp>

#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

struct ScoredRow {
  double score = 0;
  std::size_t row = 0;
};

// Ties by row, so that sums come out the same with every standard library.
bool is_before(const ScoredRow& a, const ScoredRow& b) {
  if (a.score > b.score || a.score < b.score) return a.score > b.score;
  return a.row < b.row;
}

}  // namespace

ScoreOrder::ScoreOrder(std::span<const double> scores) : ScoreOrder{scores, 0, 1} {}

ScoreOrder::ScoreOrder(const ClassScores& rows, std::uint32_t label) : ScoreOrder{rows.scores, label, rows.classes} {}

ScoreOrder::ScoreOrder(std::span<const double> scores, std::size_t first, std::size_t stride) {
  if (first >= stride) throw Error{ErrorKind::usage, fmt::format("class {} of {}, counted from 0", first, stride)};
  check_finite(scores, "score");
  std::vector<ScoredRow> scored;
  scored.reserve(scores.size() / stride);
  for (std::size_t at = first; at < scores.size(); at += stride) scored.push_back({scores[at], scored.size()});
  std::ranges::sort(scored, is_before);
  rows_.reserve(scored.size());
  for (std::size_t at = 0; at < scored.size(); ++at) {
    if (at > 0 && scored[at].score < scored[at - 1].score) ends_.push_back(at);
    rows_.push_back(scored[at].row);
  }
  if (!scored.empty()) ends_.push_back(scored.size());
}

}  // namespace mlops::stats
