#include <mlops/stats/classification.hpp>

#include <cmath>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

#include "compensated_sum.hpp"
#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

MetricValue precision_of(const ClassCounts& one) { return ratio_or_zero(one.true_positive, one.predicted()); }
MetricValue recall_of(const ClassCounts& one) { return ratio_or_zero(one.true_positive, one.truth()); }
MetricValue specificity_of(const ClassCounts& one) {
  return ratio_or_zero(one.true_negative, one.true_negative + one.false_positive);
}

MetricValue f_beta_of(const ClassCounts& one, double beta_squared) {
  const double hits = (1 + beta_squared) * one.true_positive;
  return ratio_or_zero(hits, hits + beta_squared * one.false_negative + one.false_positive);
}

double squared_beta(double beta) {
  if (beta >= 0 && std::isfinite(beta * beta)) return beta * beta;
  throw Error{ErrorKind::usage, fmt::format("F-beta with a beta of {}", beta)};
}

ClassCounts pooled(const ConfusionMatrix& matrix) {
  ClassCounts sum;
  for (const ClassCounts& one : matrix.each()) {
    if (!one.occurs()) continue;
    sum.true_positive += one.true_positive;
    sum.false_positive += one.false_positive;
    sum.false_negative += one.false_negative;
    sum.true_negative += one.true_negative;
  }
  return sum;
}

template <typename Score>
MetricValue averaged(const ConfusionMatrix& matrix, Average average, Score score) {
  if (average == Average::micro) return score(pooled(matrix));
  WeightedMean mean;
  bool is_defined = true;
  for (const ClassCounts& one : matrix.each()) {
    if (!one.occurs()) continue;
    const MetricValue figure = score(one);
    is_defined = is_defined && figure.is_defined;
    mean.add(figure.value, average == Average::macro ? 1 : one.truth());
  }
  if (!(mean.weight() > 0)) return {.value = 0, .is_defined = false};
  return {.value = mean.value(), .is_defined = is_defined && std::isfinite(mean.value())};
}

// What truth and prediction have in common and how far each varies, in squares of the scaled total.
struct Association {
  double covariance = 0;         // total · right - Σ true · predicted
  double truth_varies = 0;       // Σ true · (total - true); 0 when constant
  double prediction_varies = 0;  // the same of the predicted
  double disagreement = 0;       // total · wrong
  double chance = 0;             // Σ true · (total - predicted): the disagreement that chance would bring
};

Association association(const ConfusionMatrix& matrix) {
  // A power of two keeps counts exact, and their squares in range.
  const double scale = std::ldexp(1.0, -std::ilogb(matrix.total()));
  CompensatedSum right;
  CompensatedSum wrong;
  CompensatedSum common;
  CompensatedSum truth_varies;
  CompensatedSum prediction_varies;
  CompensatedSum chance;
  int predicted_classes = 0;
  for (const ClassCounts& one : matrix.each()) {
    const double truth = one.truth() * scale;
    const double predicted = one.predicted() * scale;
    const double other_predicted = (one.true_negative + one.false_negative) * scale;
    right.add(one.true_positive * scale);
    wrong.add(one.false_negative * scale);
    common.add(truth * predicted);
    truth_varies.add(truth * (one.true_negative + one.false_positive) * scale);
    prediction_varies.add(predicted * other_predicted);
    chance.add(truth * other_predicted);
    if (predicted > 0) ++predicted_classes;
  }
  const double total = matrix.total() * scale;
  return {.covariance = total * right.value() - common.value(),
          .truth_varies = truth_varies.value(),
          .prediction_varies = predicted_classes > 1 ? prediction_varies.value() : 0,
          .disagreement = total * wrong.value(),
          .chance = chance.value()};
}

bool has_weight(const ConfusionMatrix& matrix) { return matrix.total() > 0 && std::isfinite(matrix.total()); }

}  // namespace

MetricValue accuracy(const ConfusionMatrix& matrix) {
  CompensatedSum right;
  for (const ClassCounts& one : matrix.each()) right.add(one.true_positive);
  return ratio_or_nan(right.value(), matrix.total());
}

MetricValue balanced_accuracy(const ConfusionMatrix& matrix) {
  WeightedMean mean;
  for (const ClassCounts& one : matrix.each()) {
    if (one.truth() > 0) mean.add(recall_of(one).value, 1);
  }
  return mean_of(mean);
}

MetricValue precision(const ConfusionMatrix& matrix, std::uint32_t label) { return precision_of(matrix.of(label)); }
MetricValue precision(const ConfusionMatrix& matrix, Average average) {
  return averaged(matrix, average, precision_of);
}

MetricValue recall(const ConfusionMatrix& matrix, std::uint32_t label) { return recall_of(matrix.of(label)); }
MetricValue recall(const ConfusionMatrix& matrix, Average average) { return averaged(matrix, average, recall_of); }

MetricValue specificity(const ConfusionMatrix& matrix, std::uint32_t label) { return specificity_of(matrix.of(label)); }
MetricValue specificity(const ConfusionMatrix& matrix, Average average) {
  return averaged(matrix, average, specificity_of);
}

MetricValue f_beta(const ConfusionMatrix& matrix, std::uint32_t label, double beta) {
  return f_beta_of(matrix.of(label), squared_beta(beta));
}
MetricValue f_beta(const ConfusionMatrix& matrix, Average average, double beta) {
  const double squared = squared_beta(beta);
  return averaged(matrix, average, [squared](const ClassCounts& one) { return f_beta_of(one, squared); });
}

MetricValue matthews_correlation(const ConfusionMatrix& matrix) {
  if (!has_weight(matrix)) return undefined_metric();
  const Association found = association(matrix);
  return ratio_or_zero(found.covariance, std::sqrt(found.truth_varies) * std::sqrt(found.prediction_varies));
}

MetricValue cohen_kappa(const ConfusionMatrix& matrix) {
  if (!has_weight(matrix)) return undefined_metric();
  const Association found = association(matrix);
  if (!(found.chance > 0)) return undefined_metric();
  return measured(1 - found.disagreement / found.chance);
}

MetricValue positive_rate(const ConfusionMatrix& matrix, std::uint32_t label) {
  return ratio_or_nan(matrix.of(label).predicted(), matrix.total());
}

}  // namespace mlops::stats
