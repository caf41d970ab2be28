// How a model's predictions are made and read, from a policy file: [model.NAME.predictions].
#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::int64_t longest_prediction_seconds = std::int64_t{366} * 24 * 3600;
constexpr std::int64_t largest_seed = 9007199254740991;
constexpr std::int64_t largest_slice = 1'000'000'000;

void read_column(const TableReader& reader, std::string_view key, std::string& column) {
  const auto name = reader.string(key);
  if (!name) return;
  if (name->empty()) {
    reader.mistake(reader.line_of(key), fmt::format("`{}` is the name of a column, and can't be empty", key));
  } else {
    column = *name;
  }
}

void read_confidence(const TableReader& reader, double& confidence) {
  const auto share = reader.number("confidence");
  if (!share) return;
  if (*share >= 0.5 && *share < 1) {
    confidence = *share;
  } else {
    reader.mistake(reader.line_of("confidence"),
                   "`confidence` is a share from 0.5 up to, and without, 1, such as 0.95");
  }
}

}  // namespace

PredictionRecipe read_prediction_recipe(const TableReader& reader) {
  reader.refuse_unknown({"command", "data", "timeout", "id", "truth", "prediction", "score", "weight", "latency",
                         "query", "positive", "confidence", "min_slice", "seed"});
  PredictionRecipe recipe;
  recipe.command = read_command(reader, {{"files", ""}, {"data", ""}, {"predictions", ""}});
  if (const auto path = read_project_path(reader, "data")) {
    recipe.data = *path;
  } else if (reader.find("data") == nullptr) {
    reader.mistake(reader.line(), "`data` is needed: the holdout that the predictions are made for");
  }
  recipe.timeout_seconds = reader.integer("timeout", 1, longest_prediction_seconds).value_or(recipe.timeout_seconds);
  read_column(reader, "id", recipe.id);
  read_column(reader, "truth", recipe.truth);
  read_column(reader, "prediction", recipe.prediction);
  read_column(reader, "score", recipe.score);
  read_column(reader, "weight", recipe.weight);
  read_column(reader, "latency", recipe.latency);
  read_column(reader, "query", recipe.query);
  recipe.positive = reader.string("positive");
  read_confidence(reader, recipe.confidence);
  recipe.min_slice = reader.integer("min_slice", 1, largest_slice).value_or(recipe.min_slice);
  recipe.seed = reader.integer("seed", 0, largest_seed).value_or(recipe.seed);
  return recipe;
}

}  // namespace mlops::domain
