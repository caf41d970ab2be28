#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <mlops/stats/fairness.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

void demand_scored(const ScoredGroup& group) {
  if (group.scores.size() != group.labels.size()) {
    throw Error{ErrorKind::usage, fmt::format("the group `{}` has {} scores and {} labels", group.group,
                                              group.scores.size(), group.labels.size())};
  }
  for (std::size_t i = 0; i < group.scores.size(); ++i) {
    // In this form NaN is refused, too.
    if (!(group.scores[i] >= 0) || !(group.scores[i] <= 1)) {
      throw Error{ErrorKind::usage, fmt::format("score {} of the group `{}` is not a probability: {}", i + 1,
                                                group.group, group.scores[i])};
    }
    if (group.labels[i] > 1) {
      throw Error{ErrorKind::usage, fmt::format("label {} of the group `{}` is neither 0 nor 1", i + 1, group.group)};
    }
  }
}

std::vector<std::size_t> by_score(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [scores](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  return order;
}

// |sum of scores - positives| of a bin is its rows times what it is off.
double error_in_bins(const ScoredGroup& group, std::size_t bins) {
  const std::vector<std::size_t> order = by_score(group.scores);
  const auto rows = static_cast<double>(order.size());
  double off = 0;
  double bin_off = 0;
  double bin = 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    bin_off += group.scores[order[i]] - group.labels[order[i]];
    const bool is_last = i + 1 == order.size();
    const bool is_tied = !is_last && !(group.scores[order[i]] < group.scores[order[i + 1]]);
    const bool is_full = static_cast<double>(i + 1) >= bin * rows / static_cast<double>(bins);
    if (is_last || (is_full && !is_tied)) {
      off += std::abs(bin_off);
      bin_off = 0;
      bin = std::floor(static_cast<double>(i + 1) * static_cast<double>(bins) / rows) + 1;
    }
  }
  return off / rows;
}

double calibration_bias(const ScoredGroup& group) {
  double off = 0;
  for (std::size_t i = 0; i < group.scores.size(); ++i) off += group.scores[i] - group.labels[i];
  return off / static_cast<double>(group.scores.size());
}

}  // namespace

std::vector<GroupCalibration> calibration_by_group(std::span<const ScoredGroup> groups, std::size_t bins,
                                                   const FairnessRules& rules) {
  if (bins == 0) throw Error{ErrorKind::usage, "calibration needs at least one bin"};
  std::vector<GroupCalibration> result;
  for (const ScoredGroup& group : groups) {
    demand_scored(group);
    const auto rows = static_cast<std::int64_t>(group.scores.size());
    GroupCalibration calibration{.group = group.group,
                                 .rows = rows,
                                 .is_judged = rows >= std::max<std::int64_t>(1, rules.smallest_group),
                                 .error = {},
                                 .bias = {}};
    if (rows > 0) {
      calibration.error = error_in_bins(group, bins);
      calibration.bias = calibration_bias(group);
    }
    result.push_back(std::move(calibration));
  }
  return result;
}

}  // namespace mlops::stats
