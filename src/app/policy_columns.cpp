#include "policy_columns.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/formats/table.hpp>
#include <mlops/support/byte_source.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

std::set<std::string> columns_named(const domain::Policy& policy, const std::string& model) {
  std::set<std::string> names;
  const auto add = [&names](const domain::Questions& questions) {
    for (const auto& condition : questions.predictions) {
      for (const auto& part : condition.parts) names.insert(part.by.begin(), part.by.end());
    }
  };
  for (const std::string& stage : policy.stages) {
    const domain::Gate gate = policy.gate(model, stage);
    add(gate);
    add(gate.warn);
  }
  return names;
}

// Empty when it can't be read: the gate tells of that when it is asked.
formats::Columns columns_of(const std::filesystem::path& holdout) {
  try {
    return formats::table_columns(*open_byte_source(holdout), {.name = holdout.filename().string()},
                                  formats::LookAt::beginning);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::vector<std::string> doubtful_columns(const std::filesystem::path& project, const domain::Policy& policy) {
  std::vector<std::string> doubts;
  for (const auto& [model, own] : policy.models) {
    if (!own.predictions) continue;
    const domain::PredictionRecipe& recipe = *own.predictions;
    const formats::Columns known = columns_of(project / recipe.data);
    const std::vector<std::string> renamed = {recipe.truth,  recipe.prediction, recipe.score,
                                              recipe.weight, recipe.latency,    recipe.id};
    for (const std::string& name : columns_named(policy, model)) {
      if (std::ranges::find(known, name) != known.end() || std::ranges::find(renamed, name) != renamed.end()) continue;
      const auto near = near_miss(name, known);
      if (!near) continue;
      doubts.push_back(fmt::format("the gates of {} name the column `{}`, which {} has not: did you mean `{}`?", model,
                                   printable(name), printable(recipe.data), printable(*near)));
    }
  }
  return doubts;
}

}  // namespace mlops::app
