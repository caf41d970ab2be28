// Metrics of predicted labels, all of them computed from a confusion matrix, so that a bootstrap can resample its
// cells.
//
// Definitions are scikit-learn's (sklearn.metrics, 1.x). "Occurs" means: has weight among the true or the predicted
// labels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <mlops/stats/predictions.hpp>

namespace mlops::stats {

// What a matrix says of one class against all others.
struct ClassCounts {
  double true_positive = 0;
  double false_positive = 0;
  double false_negative = 0;
  double true_negative = 0;

  [[nodiscard]] double truth() const { return true_positive + false_negative; }
  [[nodiscard]] double predicted() const { return true_positive + false_positive; }
  [[nodiscard]] bool occurs() const { return truth() > 0 || predicted() > 0; }
};

// The summed weight of the rows of each true and predicted label.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(const Labelled& rows);
  // cells[truth * classes + predicted], finite and not negative. Throws Error{usage}.
  ConfusionMatrix(std::uint32_t classes, std::vector<double> cells);

  [[nodiscard]] std::uint32_t classes() const { return classes_; }
  [[nodiscard]] std::span<const double> cells() const { return cells_; }
  [[nodiscard]] double at(std::uint32_t truth, std::uint32_t predicted) const;
  [[nodiscard]] double total() const { return total_; }
  // Throws Error{usage} when there is no such class.
  [[nodiscard]] const ClassCounts& of(std::uint32_t label) const;
  [[nodiscard]] std::span<const ClassCounts> each() const { return counts_; }

 private:
  void count();

  std::uint32_t classes_ = 0;
  std::vector<double> cells_;
  std::vector<ClassCounts> counts_;
  double total_ = 0;
};

// The share of rows that are right. NaN without rows.
[[nodiscard]] MetricValue accuracy(const ConfusionMatrix& matrix);
// The mean recall of the classes that have true rows. NaN without rows.
[[nodiscard]] MetricValue balanced_accuracy(const ConfusionMatrix& matrix);

// Of the rows predicted as `label`, the share that is; 0 when none is predicted.
[[nodiscard]] MetricValue precision(const ConfusionMatrix& matrix, std::uint32_t label);
[[nodiscard]] MetricValue precision(const ConfusionMatrix& matrix, Average average);
// Of the rows that are `label`, the share predicted as it (sensitivity, true positive rate); 0 when there is none.
[[nodiscard]] MetricValue recall(const ConfusionMatrix& matrix, std::uint32_t label);
[[nodiscard]] MetricValue recall(const ConfusionMatrix& matrix, Average average);
// Of the rows that aren't `label`, the share not predicted as it (true negative rate); 0 when there is none.
[[nodiscard]] MetricValue specificity(const ConfusionMatrix& matrix, std::uint32_t label);
[[nodiscard]] MetricValue specificity(const ConfusionMatrix& matrix, Average average);

// (1 + beta²) precision · recall / (beta² precision + recall), where recall counts beta times as much; 0 when the label
// does not occur. Throws Error{usage} for a beta that is negative or not finite.
// Source: van Rijsbergen, "Information Retrieval" (1979), chapter 7.
[[nodiscard]] MetricValue f_beta(const ConfusionMatrix& matrix, std::uint32_t label, double beta = 1);
[[nodiscard]] MetricValue f_beta(const ConfusionMatrix& matrix, Average average, double beta = 1);

// Matthews' correlation of truth and prediction, of any number of classes, in [-1, 1]; 0 when either is constant.
// Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient" (2004).
[[nodiscard]] MetricValue matthews_correlation(const ConfusionMatrix& matrix);
// Agreement beyond chance, at most 1; NaN when truth and prediction are constant and the same.
// Source: Cohen, "A coefficient of agreement for nominal scales" (1960).
[[nodiscard]] MetricValue cohen_kappa(const ConfusionMatrix& matrix);

// The share of rows predicted as `label` (selection rate). NaN without rows.
[[nodiscard]] MetricValue positive_rate(const ConfusionMatrix& matrix, std::uint32_t label);

}  // namespace mlops::stats
