// Predictions and outcomes as monitoring keeps them: by id, since truths join them later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/predictions.hpp>
#include <mlops/formats/table.hpp>

#include "data_source.hpp"

namespace mlops::app {

// One text for each row; "" for a truth, score or prediction that is not known.
struct KeptPredictions {
  std::vector<std::string> ids, truths, predictions, scores;
  std::uint64_t repeated = 0;  // rows of the file whose id came again: the last one counts
  bool has_scores = false;
  bool has_predictions = false;

  [[nodiscard]] std::size_t rows() const { return ids.size(); }
  [[nodiscard]] std::uint64_t known() const;  // rows with a truth
};

struct KeptOutcomes {
  std::vector<std::string> ids, truths;
  std::uint64_t repeated = 0;
  std::uint64_t blank = 0;  // rows without a truth, which are left out
};

// From a table with the recipe's columns: id, and prediction or score or both; truth where there is one. Error{usage}
// for rows without an id, and for what is missing.
KeptPredictions read_predictions(const DataSource& source, const domain::PredictionRecipe& recipe);
// id and truth.
KeptOutcomes read_outcomes(const DataSource& source, const domain::PredictionRecipe& recipe);

// As they are kept: CSV with these columns. Error{integrity} for bytes that are none.
std::string to_csv(const KeptPredictions& kept);
std::string to_csv(const KeptOutcomes& kept);
KeptPredictions load_predictions_object(Workspace& workspace, const Digest& object);
KeptOutcomes load_outcomes_object(Workspace& workspace, const Digest& object);

struct Joined {
  std::uint64_t added = 0;    // truths that were not known
  std::uint64_t changed = 0;  // truths that were others before
};
// The outcomes' truths replace what is known.
Joined join_outcomes(KeptPredictions& kept, const KeptOutcomes& outcomes);

// As a table that metrics are computed from, with the recipe's default names; only rows with a truth, if so asked.
formats::Table as_table(const KeptPredictions& kept, bool only_known);
// The recipe for such a table: the team's class, confidence and seed, our columns.
domain::PredictionRecipe recipe_for_kept(const domain::PredictionRecipe& recipe);

}  // namespace mlops::app
