// Predictions of a holdout with shuffled columns, and the metric of each.
//
// One call of the command predicts many copies, one below the other: starting Python and loading a model take longer
// than predicting. That is only right where each row is predicted by itself, so the first call begins with the rows as
// they are: when their predictions are not those of the holdout alone, each copy gets a call of its own.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "metric_estimate.hpp"
#include "prediction_rows.hpp"
#include "shuffled_rows.hpp"

namespace mlops::app {

class ShuffledPredictions {
 public:
  using ReadRows = std::function<MetricRows(const PredictionColumns&)>;

  // `own` are the version's predictions of the holdout as it is; `read_rows` picks what the metric needs. All
  // references must outlive it.
  ShuffledPredictions(Workspace& workspace, PredictionMaker& maker, domain::VersionId version, const Predictions& own,
                      const ShuffledRows& rows, ReadRows read_rows, std::string metric);

  // The metric of each copy. Error{failed} when the command fails, or predicts the rows as they are in another way
  // than before.
  std::vector<double> figures(std::span<const RowsCopy> copies);
  [[nodiscard]] const std::string& metric() const { return metric_; }
  // The metric of the holdout as it is.
  [[nodiscard]] double baseline() const;
  [[nodiscard]] std::size_t calls() const { return calls_; }
  [[nodiscard]] bool is_batched() const { return is_batched_; }

 private:
  [[nodiscard]] std::vector<double> together(std::span<const RowsCopy> copies);
  [[nodiscard]] std::vector<double> one_by_one(std::span<const RowsCopy> copies);
  // What is predicted of each copy, in the order of the holdout's rows.
  [[nodiscard]] std::vector<MetricRows> predict(std::span<const RowsCopy> copies);
  [[nodiscard]] formats::Table part_of(const formats::Table& made, std::span<const std::size_t> places) const;
  [[nodiscard]] std::vector<std::size_t> places_of(const formats::Table& made, std::size_t copies) const;
  [[nodiscard]] bool is_as_before(const MetricRows& plain) const;

  Workspace& workspace_;
  PredictionMaker& maker_;
  domain::VersionId version_;
  const Predictions& own_;
  PredictionColumns own_columns_;
  const ShuffledRows& rows_;
  ReadRows read_rows_;
  std::string metric_;
  MetricRows own_rows_;
  std::size_t calls_ = 0;
  bool is_batched_ = false;
};

}  // namespace mlops::app
