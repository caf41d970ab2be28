#include <algorithm>
#include <cmath>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include <mlops/stats/classification.hpp>
#include <mlops/support/error.hpp>

#include "prediction_checks.hpp"

namespace mlops::stats {

ConfusionMatrix::ConfusionMatrix(const Labelled& rows) : classes_{rows.classes} {
  check_rows(rows);
  cells_.resize(std::size_t{classes_} * classes_);
  for (std::size_t row = 0; row < rows.truth.size(); ++row) {
    cells_[std::size_t{rows.truth[row]} * classes_ + rows.predicted[row]] += weight_of(rows.weights, row);
  }
  count();
}

ConfusionMatrix::ConfusionMatrix(std::uint32_t classes, std::vector<double> cells)
    : classes_{classes}, cells_{std::move(cells)} {
  if (classes < 1 || classes > most_classes || cells_.size() != std::size_t{classes} * classes) {
    throw Error{ErrorKind::usage, fmt::format("{} cells for a confusion matrix of {} classes", cells_.size(), classes)};
  }
  const auto odd = std::ranges::find_if(cells_, [](double cell) { return !std::isfinite(cell) || cell < 0; });
  if (odd != cells_.end()) throw Error{ErrorKind::usage, fmt::format("a cell of a confusion matrix is {}", *odd)};
  count();
}

double ConfusionMatrix::at(std::uint32_t truth, std::uint32_t predicted) const {
  static_cast<void>(of(truth));
  static_cast<void>(of(predicted));
  return cells_[std::size_t{truth} * classes_ + predicted];
}

const ClassCounts& ConfusionMatrix::of(std::uint32_t label) const {
  if (label < classes_) return counts_[label];
  throw Error{ErrorKind::usage, fmt::format("class {} of {}, counted from 0", label, classes_)};
}

// What should be 0 is 0 exactly, since empty cells are added and nothing that was added is taken away again; but for
// the true negatives of three classes and more, which would take a pass over the matrix for each class.
void ConfusionMatrix::count() {
  counts_.assign(classes_, {});
  for (std::uint32_t truth = 0; truth < classes_; ++truth) {
    for (std::uint32_t predicted = 0; predicted < classes_; ++predicted) {
      const double cell = cells_[std::size_t{truth} * classes_ + predicted];
      if (truth == predicted) {
        counts_[truth].true_positive = cell;
      } else {
        counts_[truth].false_negative += cell;
        counts_[predicted].false_positive += cell;
      }
    }
  }
  for (const ClassCounts& one : counts_) total_ += one.truth();
  if (classes_ == 2) {
    counts_[0].true_negative = counts_[1].true_positive;
    counts_[1].true_negative = counts_[0].true_positive;
    return;
  }
  double before = 0;
  for (ClassCounts& one : counts_) {
    one.true_negative = before;
    before += one.truth();
  }
  double behind = 0;
  for (ClassCounts& one : std::views::reverse(counts_)) {
    one.true_negative = std::max(0.0, one.true_negative + behind - one.false_positive);
    behind += one.truth();
  }
}

}  // namespace mlops::stats
