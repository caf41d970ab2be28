// Predictions as columns to compute with: labels as numbers, the rows of two versions side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictions.hpp"

namespace mlops::app {

// The columns of one version's predictions, in an order of rows that several versions share.
class PredictionColumns {
 public:
  // In the order of its own file.
  PredictionColumns(const Predictions& predictions, const domain::PredictionRecipe& recipe);
  // In the order of `first`: matched by the id column where both have it, else row by row. Error{failed} when they
  // aren't the same rows, or don't tell the same truth of them.
  PredictionColumns(const Predictions& predictions, const PredictionColumns& first);

  [[nodiscard]] std::size_t rows() const { return order_.size(); }
  [[nodiscard]] const domain::PredictionRecipe& recipe() const { return recipe_; }
  [[nodiscard]] bool has(const std::string& column) const;
  // Of the predictions, or else of the holdout. Error{failed} that names the column when neither has it, or when one is
  // missing in a row.
  [[nodiscard]] std::vector<std::string> texts(const std::string& column) const;
  [[nodiscard]] std::vector<double> numbers(const std::string& column) const;

 private:
  [[nodiscard]] const formats::LoadedColumn* in_predictions(const std::string& column) const;
  [[nodiscard]] const formats::LoadedColumn& find(const std::string& column) const;
  [[nodiscard]] const std::vector<std::size_t>& places_in(const formats::LoadedColumn& column) const;
  void match_holdout();

  const Predictions& predictions_;
  const domain::PredictionRecipe& recipe_;
  std::vector<std::size_t> order_;          // rows of the predictions
  std::vector<std::size_t> holdout_order_;  // the same rows in the holdout; empty when they can't be told
};

// A label as it is compared: trimmed, and `1` equal to `1.0`.
std::string label_text(std::string_view text);

// Of a column, row by row.
std::vector<std::string> label_texts(const PredictionColumns& columns, const std::string& column);

// "region=north, sex=f": the values of some columns, row by row.
std::vector<std::string> slice_names(const std::vector<std::string>& by, const PredictionColumns& columns);

// The distinct labels of several columns, in order: numbers by value, else by bytes.
std::vector<std::string> classes_of(const std::vector<const std::vector<std::string>*>& columns);

// Each label's place among the classes.
std::vector<std::uint32_t> indexes_of(const std::vector<std::string>& labels, const std::vector<std::string>& classes);

}  // namespace mlops::app
