// A version's predictions on the holdout of its model, made by the command that the policy names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/predictions.hpp>
#include <mlops/formats/table.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>

#include "check_ground.hpp"

namespace mlops::app {

struct Predictions {
  domain::VersionId version;
  formats::Table made;
  formats::Table holdout;  // for columns that the predictions lack; without columns when it is no CSV or JSON Lines
  Digest data;             // of the holdout
  Digest digest;           // of the predictions
  bool is_reused = false;  // made earlier, from the same files, data, command and commit
};

// Makes each version's predictions once, however many conditions ask for them. All of them come from the same holdout.
class PredictionMaker {
 public:
  // All references must outlive it. Besides the recipe's columns only those of `groups` are kept in memory: a holdout
  // has all that a model learns from.
  PredictionMaker(Workspace& workspace, const PolicySource& source, CheckGround& ground,
                  const domain::PredictionRecipe& recipe, std::vector<std::string> groups);

  // Error{failed} when the command fails or what it wrote can't be read; again for each who asks.
  const Predictions& of(const domain::VersionId& version);
  [[nodiscard]] const domain::PredictionRecipe& recipe() const { return recipe_; }

 private:
  struct Holdout {
    std::filesystem::path path;
    Digest digest;
  };
  const Holdout& holdout();
  Predictions make(const domain::VersionId& version);
  std::filesystem::path run(const domain::Version& version, const std::filesystem::path& scratch);
  std::optional<std::string> name_in_cache(const domain::Version& version);

  Workspace& workspace_;
  const PolicySource& source_;
  CheckGround& ground_;
  const domain::PredictionRecipe& recipe_;
  formats::TableLimits limits_;
  std::optional<Holdout> holdout_;
  std::map<std::string, Predictions> made_;
  std::map<std::string, Error> failures_;
};

}  // namespace mlops::app
