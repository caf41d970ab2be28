// The parts of a policy file, each read by a file of its own; mistakes are noted, never thrown.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/domain/policy.hpp>

#include "toml_reader.hpp"

namespace mlops::domain {

// [gate.STAGE] and [model.NAME.gate.STAGE]. `policy` has its stages and checks already.
Gate read_gate(const TableReader& reader, std::string_view stage, const Policy& policy);

// A mistake for each circle of `after` among the gates as `model` sees them; "" stands for the general gates.
void refuse_circles(const Policy& policy, std::string_view model, int line, Mistakes& mistakes);

// Beyond this, canonical JSON (RFC 8785) can't tell one integer from the next.
inline constexpr std::int64_t largest_integer = 9007199254740991;

// The `params` of a recipe, and what those may be that say so.
struct RecipeParams {
  Params values;
  std::map<std::string, ParamRule> rules;
};
RecipeParams read_recipe_params(const TableReader& reader);

// [model.NAME.train]
Recipe read_recipe(const TableReader& reader);
// Its [model.NAME.train.stage.STAGE]s, into a recipe whose other keys are read.
void read_stages(const TableReader& reader, Recipe& recipe);

// The table of names and paths under `key`.
using NamedPaths = std::vector<std::pair<std::string, std::string>>;
NamedPaths read_named_paths(const TableReader& reader, std::string_view key);
bool is_project_path(const TableReader& reader, const std::string& path, int line);

// How far each metric may be off, and how the command is run: parts of [model.NAME.train].
std::map<std::string, double> read_tolerance(const TableReader& reader);
Conduct read_conduct(const TableReader& reader);

// [model.NAME.predictions]
PredictionRecipe read_prediction_recipe(const TableReader& reader);

// The path under `key`, relative to the project; nullopt, after noting a mistake, when it is none.
std::optional<std::string> read_project_path(const TableReader& reader, std::string_view key);

// [model.NAME.monitor]. `policy` has its stages already.
MonitorRules read_monitor_rules(const TableReader& reader, const Policy& policy);

// [hooks.NAME]
Hook read_hook(const TableReader& reader, std::string_view name);

// Whether an environment variable can be called so.
bool is_variable_name(std::string_view name);

// [model.NAME.retrain]. `policy` has its stages already; `recipe` is the model's, nullptr without one.
RetrainRules read_retrain_rules(const TableReader& reader, const Policy& policy, const Recipe* recipe);

// [check.NAME]
CommandCheck read_check(const TableReader& reader, std::string_view name);

// The array of strings under "command", with a mistake for an empty one and for a placeholder that is none of
// `placeholders`.
std::vector<std::string> read_command(const TableReader& reader,
                                      const std::map<std::string, std::string>& placeholders);

}  // namespace mlops::domain
