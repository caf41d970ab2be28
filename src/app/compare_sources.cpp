#include "compare_sources.hpp"

#include <array>
#include <cmath>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "data_source.hpp"
#include "gatekeeper.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

using domain::PredictionRecipe;

struct ColumnRole {
  std::string_view role;
  std::string PredictionRecipe::* column;
};

constexpr auto column_roles = std::to_array<ColumnRole>({{"id", &PredictionRecipe::id},
                                                         {"truth", &PredictionRecipe::truth},
                                                         {"prediction", &PredictionRecipe::prediction},
                                                         {"score", &PredictionRecipe::score},
                                                         {"weight", &PredictionRecipe::weight},
                                                         {"latency", &PredictionRecipe::latency},
                                                         {"query", &PredictionRecipe::query}});

void name_column(const std::string& role, const std::string& name, PredictionRecipe& recipe) {
  std::vector<std::string> roles;
  for (const ColumnRole& known : column_roles) {
    roles.emplace_back(known.role);
    if (known.role != role) continue;
    recipe.*known.column = name;
    return;
  }
  Error error{ErrorKind::usage,
              fmt::format("`--column {}={}`: there is no such role", printable(role), printable(name))};
  if (const auto near = near_miss(role, roles)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("one of: {}", join(roles, ", ")));
  throw error;
}

void apply_request(const CompareRequest& request, PredictionRecipe& recipe) {
  for (const auto& [role, name] : request.columns) name_column(role, name, recipe);
  if (request.positive) recipe.positive = request.positive;
  recipe.confidence = request.confidence.value_or(recipe.confidence);
  recipe.seed = request.seed.value_or(recipe.seed);
  recipe.min_slice = request.min_slice.value_or(recipe.min_slice);
}

Digest digest_of(const ByteSource& source) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  Sha256 hash;
  for (std::uint64_t at = 0; at < source.size(); at += piece) hash.update(read_bytes(source, at, piece));
  return hash.finish();
}

struct LoadedFile {
  formats::Table table;
  Digest digest;
};

LoadedFile load_file(const Context& context, const std::string& path) {
  DataRequest request;
  request.data = path;
  const DataSource source = open_data(context, request);
  return {.table = formats::load_table(*source.bytes, source.options), .digest = digest_of(*source.bytes)};
}

Predictions file_predictions(const Context& context, const CompareRequest& request, const std::string& path) {
  Predictions predictions;
  predictions.name = path;
  LoadedFile file = load_file(context, path);
  predictions.made = std::move(file.table);
  predictions.digest = file.digest;
  if (!request.data) return predictions;
  LoadedFile holdout = load_file(context, *request.data);
  predictions.holdout = std::move(holdout.table);
  predictions.data = holdout.digest;
  return predictions;
}

domain::Version load_version(Workspace& workspace, const std::string& reference) {
  const auto view = workspace.read();
  return load(*view, resolve(*view, reference));
}

const PredictionRecipe& recipe_of(const domain::Policy& policy, const std::string& model) {
  const auto found = policy.models.find(model);
  if (found != policy.models.end() && found->second.predictions) return *found->second.predictions;
  throw Error{ErrorKind::usage,
              fmt::format("the policy does not tell how to predict with {}: [model.{}.predictions] of mlops.toml",
                          model, model),
              {"`mlops help policy` shows an example", "or compare files: `--predictions A.csv --against B.csv`"}};
}

// Beyond those that the recipe names.
std::vector<std::string> columns_asked(const CompareRequest& request) {
  std::vector<std::string> columns = request.by;
  if (request.cluster) columns.push_back(*request.cluster);
  for (const auto& [role, name] : request.columns) columns.push_back(name);
  for (const std::string& metric : request.metrics) {
    const std::vector<std::string> by = domain::parse_prediction_metric(metric).by;
    columns.insert(columns.end(), by.begin(), by.end());
  }
  return columns;
}

void take_versions(const Context& context, const CompareRequest& request, ComparedPredictions& compared) {
  compared.workspace = std::make_unique<Workspace>(context, Access::read);
  Workspace& workspace = *compared.workspace;
  compared.policy = std::make_unique<PolicySource>(gate_policy(workspace));
  const PolicySource& source = *compared.policy;
  if (source.notice) context.warn(*source.notice);
  const domain::Version challenger = load_version(workspace, request.challenger);
  const domain::Version champion = load_version(workspace, request.champion);
  if (challenger.id.model != champion.id.model) {
    throw Error{ErrorKind::usage,
                fmt::format("{} and {} are versions of two models", challenger.id.text(), champion.id.text()),
                {"compare their predictions as files: `--predictions A.csv --against B.csv`"}};
  }
  const PredictionRecipe& recipe = recipe_of(source.policy, challenger.id.model);
  compared.recipe = recipe;
  demand_loadable(workspace, source, challenger);
  demand_loadable(workspace, source, champion);
  compared.ground = std::make_unique<CheckGround>(workspace, source);
  compared.maker =
      std::make_unique<PredictionMaker>(workspace, source, *compared.ground, recipe, columns_asked(request));
  compared.champion = &compared.maker->of(champion.id);
  compared.challenger = &compared.maker->of(challenger.id);
}

}  // namespace

std::unique_ptr<ComparedPredictions> predictions_to_compare(const Context& context, const CompareRequest& request) {
  auto compared = std::make_unique<ComparedPredictions>();
  if (request.are_files) {
    compared->files[0] = file_predictions(context, request, request.challenger);
    compared->files[1] = file_predictions(context, request, request.champion);
    compared->challenger = &compared->files[0];
    compared->champion = &compared->files[1];
  } else {
    take_versions(context, request, *compared);
  }
  apply_request(request, compared->recipe);
  return compared;
}

}  // namespace mlops::app
