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
#include <mlops/support/json.hpp>

#include "check_ground.hpp"

namespace mlops::app {

struct Predictions {
  std::string name;  // "churn@3", or the file that somebody else made
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
  // The same of another file; not kept.
  formats::Table predict(const domain::VersionId& version, const std::filesystem::path& data);
  [[nodiscard]] const domain::PredictionRecipe& recipe() const { return recipe_; }
  [[nodiscard]] std::filesystem::path holdout_file() { return holdout().path; }
  // All that the version's predictions on the holdout depend on; nullopt when that can't be known, outside a commit.
  std::optional<Json> cache_key(const domain::Version& version);

 private:
  struct Holdout {
    std::filesystem::path path;
    Digest digest;
  };
  const Holdout& holdout();
  Predictions make(const domain::VersionId& version);
  domain::Version load_version(const domain::VersionId& id);
  std::filesystem::path run(const domain::Version& version, const std::filesystem::path& data,
                            const std::filesystem::path& scratch);

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
