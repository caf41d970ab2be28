#include <algorithm>

#include <mlops/stats/roc.hpp>
#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

void check_scheme(const ClassScores& rows, Average average) {
  check_rows(rows);
  if (average == Average::micro) throw Error{ErrorKind::usage, "an area under a curve has no micro average here"};
}

std::vector<double> class_weights(const ClassScores& rows) {
  std::vector<CompensatedSum> sums(rows.classes);
  for (std::size_t row = 0; row < rows.truth.size(); ++row) sums[rows.truth[row]].add(weight_of(rows.weights, row));
  std::vector<double> weights;
  weights.reserve(sums.size());
  for (const CompensatedSum& sum : sums) weights.push_back(sum.value());
  return weights;
}

// In the scores of `label`, the weight of pairs of one of its rows and one of each other class in which it has the
// higher score; a tie counts half. One pass over the sorted rows serves all the other classes.
std::vector<double> pairs_won(const ClassScores& rows, std::uint32_t label) {
  const ScoreOrder order{rows, label};
  std::vector<CompensatedSum> won(rows.classes);
  CompensatedSum above;
  std::size_t at = 0;
  for (const std::size_t end : order.ends()) {
    const auto run = order.rows().subspan(at, end - at);
    double tied = 0;
    for (const std::size_t row : run) {
      if (rows.truth[row] == label) tied += weight_of(rows.weights, row);
    }
    const double beaten_by = above.value() + tied / 2;
    for (const std::size_t row : run) {
      if (rows.truth[row] != label) won[rows.truth[row]].add(weight_of(rows.weights, row) * beaten_by);
    }
    above.add(tied);
    at = end;
  }
  std::vector<double> sums;
  sums.reserve(won.size());
  for (const CompensatedSum& sum : won) sums.push_back(sum.value());
  return sums;
}

MetricValue one_vs_rest_auc(const ClassScores& rows, std::span<const double> weights, Average average) {
  WeightedMean mean;
  for (std::uint32_t label = 0; label < rows.classes; ++label) {
    CompensatedSum won;
    CompensatedSum others;
    for (const double pairs : pairs_won(rows, label)) won.add(pairs);
    for (std::uint32_t other = 0; other < rows.classes; ++other) others.add(other == label ? 0 : weights[other]);
    const MetricValue area = ratio_or_nan(won.value(), weights[label] * others.value());
    if (!area.is_defined) return area;
    mean.add(area.value, average == Average::macro ? 1 : weights[label]);
  }
  return mean_of(mean);
}

MetricValue one_vs_one_auc(const ClassScores& rows, std::span<const double> weights, Average average) {
  std::vector<std::vector<double>> won;
  for (std::uint32_t label = 0; label < rows.classes; ++label) won.push_back(pairs_won(rows, label));
  WeightedMean mean;
  for (std::uint32_t a = 0; a < rows.classes; ++a) {
    for (std::uint32_t b = a + 1; b < rows.classes; ++b) {
      const MetricValue area = ratio_or_nan(won[a][b] + won[b][a], 2 * weights[a] * weights[b]);
      if (!area.is_defined) return area;
      mean.add(area.value, average == Average::macro ? 1 : weights[a] + weights[b]);
    }
  }
  return mean_of(mean);
}

}  // namespace

MetricValue roc_auc(const ClassScores& rows, MultiClass scheme, Average average) {
  check_scheme(rows, average);
  const std::vector<double> weights = class_weights(rows);
  // Before anything is sorted: an absent class leaves its area open.
  if (std::ranges::any_of(weights, [](double weight) { return !(weight > 0); })) return undefined_metric();
  return scheme == MultiClass::one_vs_rest ? one_vs_rest_auc(rows, weights, average)
                                           : one_vs_one_auc(rows, weights, average);
}

MetricValue average_precision(const ClassScores& rows, Average average) {
  check_scheme(rows, average);
  const std::vector<double> weights = class_weights(rows);
  std::vector<double> scores(rows.truth.size());
  WeightedMean mean;
  bool is_defined = true;
  for (std::uint32_t label = 0; label < rows.classes; ++label) {
    for (std::size_t row = 0; row < scores.size(); ++row) scores[row] = rows.scores[row * rows.classes + label];
    const MetricValue one = average_precision(
        BinaryScores{.truth = rows.truth, .scores = scores, .positive = label, .weights = rows.weights});
    is_defined = is_defined && one.is_defined;
    mean.add(one.value, average == Average::macro ? 1 : weights[label]);
  }
  const MetricValue value = mean_of(mean);
  return {.value = value.is_defined ? value.value : 0, .is_defined = is_defined && value.is_defined};
}

}  // namespace mlops::stats
