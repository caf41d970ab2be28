// Recipes and command checks of a policy file.
#include <set>

#include <fmt/core.h>

#include <mlops/domain/files.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::int64_t longest_timeout_seconds = std::int64_t{366} * 24 * 3600;

// Names become parts of environment variables and placeholders.
bool is_role(const TableReader& reader, const std::string& name, int line) {
  constexpr std::string_view legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  const bool good = !name.empty() && name.find_first_not_of(legal) == std::string::npos && !name.starts_with('-');
  if (!good)
    reader.mistake(line, fmt::format("`{}` can't be a name here: use letters, digits, `_`, `-` and `.`", shown(name)));
  return good;
}

std::string_view without_slash(std::string_view path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// Training writes its outputs, so each needs a place of its own, away from the inputs.
void refuse_shared_paths(const TableReader& reader, const Recipe& recipe) {
  std::set<std::string_view> taken;
  for (const auto& [role, path] : recipe.inputs) taken.insert(without_slash(path));
  for (const auto& [name, path] : recipe.outputs) {
    if (taken.insert(without_slash(path)).second) continue;
    reader.mistake(reader.line_of("outputs"),
                   fmt::format("the path `{}` of the output `{}` is used twice", path, name));
  }
}

// best = { auc = "max" }
BestOf read_best(const TableReader& reader) {
  BestOf best;
  for (const auto& [metric, value] : reader.table("best")) {
    try {
      const std::string* goal = value.string();
      if (goal == nullptr)
        throw Error{ErrorKind::usage, fmt::format("`best.{}` must be `max` or `min`", shown(metric))};
      best.emplace(check_key("metric", metric), parse_goal(*goal));
    } catch (const Error& error) {
      reader.mistake(value.line, error);
    }
  }
  return best;
}

std::optional<Objective> read_objective(const TableReader& reader) {
  const auto text = reader.string("objective");
  if (!text) return std::nullopt;
  try {
    return parse_objective(*text);
  } catch (const Error& error) {
    reader.mistake(reader.line_of("objective"), error);
    return std::nullopt;
  }
}

std::map<std::string, std::string> placeholders_of(const Recipe& recipe) {
  std::map<std::string, std::string> names;
  for (const auto& [name, value] : recipe.params) names.emplace("params." + name, "");
  for (const auto& [name, path] : recipe.inputs) names.emplace("inputs." + name, "");
  for (const auto& [name, path] : recipe.outputs) names.emplace("outputs." + name, "");
  if (recipe.seed) names.emplace("seed", "");
  if (recipe.metrics) names.emplace("metrics", "");
  return names;
}

}  // namespace

// Relative to the project; a folder may end in '/'.
bool is_project_path(const TableReader& reader, const std::string& path, int line) {
  try {
    check_file_path(path.ends_with('/') && path.size() > 1 ? std::string_view{path}.substr(0, path.size() - 1) : path);
    return true;
  } catch (const Error& error) {
    const std::string_view why = std::string_view{error.message()}.substr(error.message().rfind(": ") + 2);
    reader.mistake(line, fmt::format("`{}` can't be a path in the project: {}", shown(path), why));
    return false;
  }
}

NamedPaths read_named_paths(const TableReader& reader, std::string_view key) {
  NamedPaths paths;
  for (const auto& [name, value] : reader.table(key)) {
    if (!is_role(reader, name, value.line)) continue;
    const std::string* path = value.string();
    if (path == nullptr) {
      reader.mistake(value.line, fmt::format("`{}.{}` must be a string, the path", key, name));
    } else if (is_project_path(reader, *path, value.line)) {
      paths.emplace_back(name, *path);
    }
  }
  return paths;
}

std::optional<std::string> read_project_path(const TableReader& reader, std::string_view key) {
  auto path = reader.string(key);
  if (!path || !is_project_path(reader, *path, reader.line_of(key))) return std::nullopt;
  return path;
}

std::vector<std::string> read_command(const TableReader& reader,
                                      const std::map<std::string, std::string>& placeholders) {
  const Toml* found = reader.find("command");
  if (found == nullptr) {
    reader.mistake(reader.line(), "`command` is missing");
    return {};
  }
  if (const std::string* text = found->string()) {
    reader.mistake(found->line,
                   fmt::format("`command` must be an array with one string for each argument, such as [\"{}\"]",
                               join(split(shown(*text), ' '), "\", \"")));
    return {};
  }
  std::vector<std::string> command;
  for (const auto& [argument, line] : reader.strings("command").value_or(std::vector<TableReader::Item>{})) {
    try {
      if (argument.find('\0') != std::string::npos) throw Error{ErrorKind::usage, "an argument can't have a NUL in it"};
      expand_command({argument}, placeholders);
    } catch (const Error& error) {
      reader.mistake(line, error);
    }
    command.push_back(argument);
  }
  const bool is_empty_array = found->array() != nullptr && found->array()->empty();
  if (is_empty_array || (!command.empty() && command.front().empty()))
    reader.mistake(found->line, "`command` is empty");
  return command;
}

Recipe read_recipe(const TableReader& reader) {
  reader.refuse_unknown({"command", "inputs", "params", "outputs", "metrics", "seed", "tolerance", "timeout", "retry",
                         "resources", "env", "best", "objective", "on", "stage"});
  Recipe recipe;
  recipe.inputs = read_named_paths(reader, "inputs");
  RecipeParams params = read_recipe_params(reader);
  recipe.params = std::move(params.values);
  recipe.param_rules = std::move(params.rules);
  recipe.best = read_best(reader);
  recipe.objective = read_objective(reader);
  recipe.on = reader.string("on");
  recipe.seed = reader.integer("seed", 0, largest_integer);
  recipe.tolerance = read_tolerance(reader);
  recipe.conduct = read_conduct(reader);
  if (reader.find("stage") != nullptr) {
    read_stages(reader, recipe);
    return recipe;
  }
  recipe.outputs = read_named_paths(reader, "outputs");
  recipe.metrics = read_project_path(reader, "metrics");
  recipe.command = read_command(reader, placeholders_of(recipe));
  const Toml* outputs = reader.find("outputs");
  const bool has_no_output = outputs == nullptr || (outputs->table() != nullptr && outputs->table()->empty());
  if (has_no_output) {
    reader.mistake(reader.line_of("outputs"), "`outputs` needs at least one output, such as { model = \"model/\" }");
  }
  refuse_shared_paths(reader, recipe);
  return recipe;
}

CommandCheck read_check(const TableReader& reader, std::string_view name) {
  reader.refuse_unknown({"command", "timeout"});
  CommandCheck check;
  check.name = name;
  check.command = read_command(reader, {{"files", ""}});
  check.timeout_seconds = reader.integer("timeout", 1, longest_timeout_seconds).value_or(check.timeout_seconds);
  return check;
}

}  // namespace mlops::domain
