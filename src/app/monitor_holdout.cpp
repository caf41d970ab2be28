#include "monitor_holdout.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "check_ground.hpp"
#include "monitor_reference.hpp"
#include "prediction_rows.hpp"
#include "predictions.hpp"

namespace mlops::app {

namespace {

KeptPredictions only_known(const KeptPredictions& all) {
  KeptPredictions known;
  known.has_predictions = all.has_predictions;
  known.has_scores = all.has_scores;
  for (std::size_t row = 0; row < all.rows(); ++row) {
    if (all.truths[row].empty()) continue;
    known.ids.push_back(all.ids[row]);
    known.truths.push_back(all.truths[row]);
    known.predictions.push_back(all.predictions[row]);
    known.scores.push_back(all.scores[row]);
  }
  return known;
}

HoldoutPredictions kept_holdout(Workspace& workspace, const domain::VersionId& version, std::string source,
                                const Digest& content, const KeptPredictions& all, bool dry_run) {
  HoldoutPredictions holdout;
  holdout.rows = only_known(all);
  if (holdout.rows.rows() == 0) {
    throw Error{ErrorKind::usage, fmt::format("no row of {} has a truth", printable(source))};
  }
  holdout.record.version = version;
  holdout.record.source = std::move(source);
  holdout.record.content = content;
  holdout.record.rows = holdout.rows.rows();
  const std::string object = to_csv(holdout.rows);
  holdout.record.predictions = dry_run ? sha256(object) : workspace.artifacts().put_bytes(object).digest;
  return holdout;
}

// The columns of the command's table, with those of the holdout for what it lacks.
KeptPredictions from_made(const Predictions& made, const domain::PredictionRecipe& recipe) {
  const PredictionColumns columns{made, recipe};
  KeptPredictions kept;
  kept.has_predictions = columns.has(recipe.prediction);
  kept.has_scores = columns.has(recipe.score);
  kept.truths = columns.texts(recipe.truth);
  kept.predictions = kept.has_predictions ? columns.texts(recipe.prediction) : std::vector<std::string>(columns.rows());
  kept.scores = kept.has_scores ? columns.texts(recipe.score) : std::vector<std::string>(columns.rows());
  // Its ids mean nothing to batches: rows are enough.
  for (std::size_t row = 0; row < columns.rows(); ++row) kept.ids.push_back(fmt::format("{}", row + 1));
  return kept;
}

}  // namespace

HoldoutPredictions read_holdout(Workspace& workspace, const DataRequest& request, const domain::VersionId& version,
                                const domain::PredictionRecipe& recipe, bool dry_run) {
  const DataSource source = open_data(workspace.context(), request);
  const Digest content = digest_of_table(workspace, request, source.digest);
  return kept_holdout(workspace, version, source.dataset.value_or(request.data), content,
                      read_predictions(source, recipe), dry_run);
}

std::optional<HoldoutPredictions> make_holdout(Workspace& workspace, const PolicySource& policy,
                                               const domain::Version& version) {
  const auto found = policy.policy.models.find(version.id.model);
  if (found == policy.policy.models.end() || !found->second.predictions) return std::nullopt;
  const domain::PredictionRecipe& recipe = *found->second.predictions;
  try {
    CheckGround ground{workspace, policy};
    PredictionMaker maker{workspace, policy, ground, recipe, {}};
    const Predictions& made = maker.of(version.id);
    return kept_holdout(workspace, version.id, fmt::format("the holdout {}", recipe.data), made.digest,
                        from_made(made, recipe), false);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    workspace.context().warn(
        fmt::format("no predictions of the holdout, so nothing is estimated without outcomes: {}", error.message()));
    return std::nullopt;
  }
}

domain::PredictionRecipe prediction_recipe(const domain::Policy& policy, const std::string& model) {
  const auto found = policy.models.find(model);
  const bool is_there = found != policy.models.end() && found->second.predictions;
  return is_there ? *found->second.predictions : domain::PredictionRecipe{};
}

domain::MonitorRules monitor_rules(const domain::Policy& policy, const std::string& model) {
  const auto found = policy.models.find(model);
  return found == policy.models.end() ? domain::MonitorRules{} : found->second.monitor;
}

}  // namespace mlops::app
