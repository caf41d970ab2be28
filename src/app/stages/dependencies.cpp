#include "stages/dependencies.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_lock_file = 256u << 20;
constexpr std::size_t changes_named = 3;

std::string words_line(const std::vector<std::string>& words) {
  Json array = Json::array();
  for (const std::string& word : words) array.push_back(word);
  return to_line(array);
}

std::string lock_text(const fs::path& file) {
  return fs::exists(file) ? sha256(read_file(file, largest_lock_file)).text() : std::string{"missing"};
}

// Where a lock file or a command says what the environment is, that is what counts: another machine has the same then.
void add_environment(const Workspace& workspace, const CommandPlan& whole, const std::string& program,
                     StageInterpreters& interpreters, Dependencies& all) {
  const domain::EnvironmentPlan& environment = whole.execution.conduct.environment;
  if (environment.lock) all["lock " + *environment.lock] = lock_text(whole.directory / *environment.lock);
  if (!environment.setup.empty()) all["env.setup"] = words_line(environment.setup);
  for (const std::string& name : environment.variables.value_or(std::vector<std::string>{})) {
    const auto fixed = whole.fixed_variables.find(name);
    const auto& lookup = workspace.context().variable;
    const auto value = fixed != whole.fixed_variables.end() ? std::optional{fixed->second}
                       : lookup                             ? lookup(name)
                                                            : std::nullopt;
    all["variable " + name] = value ? printable(*value) : std::string{"(not set)"};
  }
  if (!environment.secrets.empty()) all["env.secrets"] = words_line(environment.secrets);
  if (environment.lock || !environment.setup.empty()) return;
  const Dependencies& found = interpreters.of(program, whole.directory);
  all.insert(found.begin(), found.end());
}

Dependencies interpreter_in(const Json& facts) {
  Dependencies found;
  if (!facts.is_object()) return found;
  if (const Json* const interpreter = facts.find("interpreter"); interpreter != nullptr && interpreter->is_object()) {
    if (const Json* const version = interpreter->find("version"); version != nullptr && version->is_string())
      found["interpreter"] = version->as_string();
  }
  if (const Json* const packages = facts.find("packages"); packages != nullptr && packages->is_object())
    found["packages"] = sha256(canonical(*packages)).text();
  return found;
}

bool tells_its_value(const std::string& name) {
  constexpr std::array<std::string_view, 3> telling{"param ", "variable ", "interpreter"};
  return name == "seed" ||
         std::ranges::any_of(telling, [&](std::string_view begin) { return name.starts_with(begin); });
}

}  // namespace

const Dependencies& StageInterpreters::of(const std::string& program, const fs::path& directory) {
  const auto known = known_.find(program);
  if (known != known_.end()) return known->second;
  return known_[program] = interpreter_in(runners::describe_environment({program}, directory));
}

Dependencies own_dependencies(const Workspace& workspace, const CommandPlan& whole, const domain::StageRun& stage,
                              StageInterpreters& interpreters) {
  Dependencies all;
  for (const auto& [name, value] : stage.depends) {
    if (name == "code" || name.starts_with("code ")) all.emplace(name, value);
  }
  all["command"] = words_line(stage.command_template);
  for (const std::string& name : stage.params) {
    const auto value = whole.run.params.find(name);
    if (value != whole.run.params.end()) all["param " + name] = to_line(value->second);
  }
  for (const domain::DataUse& use : whole.run.inputs) {
    if (std::ranges::find(stage.inputs, use.role) == stage.inputs.end()) continue;
    const auto path = whole.execution.inputs.find(use.role);
    all["input " + use.role] =
        fmt::format("{} {}", path == whole.execution.inputs.end() ? "" : path->second, use.digest.text());
  }
  for (const std::string& name : stage.needs) all["stage " + name] = "needed";  // also where it has no outputs
  for (const auto& [name, path] : stage.writes) all["path of " + name] = path;
  if (stage.metrics_file) all["path of the metrics"] = *stage.metrics_file;
  for (const auto& [metric, goal] : whole.best) all["best " + metric] = domain::name_of(goal);
  if (whole.run.seed) all["seed"] = std::to_string(*whole.run.seed);
  add_environment(workspace, whole, stage.command_template.front(), interpreters, all);
  return all;
}

Dependencies needed_outputs(const std::vector<domain::StageRun>& stages, const domain::StageRun& stage) {
  Dependencies outputs;
  for (const std::string& name : stage.needs) {
    const domain::StageRun* const needed = domain::find_stage(stages, name);
    if (needed == nullptr) continue;
    for (const domain::RunOutput& output : needed->outputs) {
      outputs[fmt::format("output {} of {}", output.name, name)] =
          fmt::format("{} {}", output.path, domain::digest_of(output).text());
    }
  }
  return outputs;
}

Dependencies dependencies_there(const CommandPlan& whole, const domain::StageRun& stage, const Json& environment) {
  Dependencies all = stage.depends;
  std::erase_if(all, [](const auto& entry) { return entry.first.starts_with("output "); });
  all.merge(needed_outputs(whole.execution.stages, stage));
  const domain::EnvironmentPlan& plan = whole.execution.conduct.environment;
  if (plan.lock || !plan.setup.empty()) return all;
  all.erase("interpreter");
  all.erase("packages");
  all.merge(interpreter_in(environment));
  return all;
}

Digest key_of(const Dependencies& dependencies) {
  Json all = Json::object();
  for (const auto& [name, value] : dependencies) all.set(name, value);
  return sha256(canonical(Json::object({{"format", 1}, {"depends", std::move(all)}})));
}

std::string change_text(const Dependencies& before, const Dependencies& now) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : now) {
    const auto was = before.find(name);
    if (was == before.end()) {
      changes.push_back(fmt::format("{} is new", printable(name)));
    } else if (was->second != value) {
      changes.push_back(tells_its_value(name)
                            ? fmt::format("{} is {}, was {}", printable(name), printable(value), printable(was->second))
                            : fmt::format("{} has changed", printable(name)));
    }
  }
  for (const auto& [name, value] : before) {
    if (!now.contains(name)) changes.push_back(fmt::format("{} is gone", printable(name)));
  }
  if (changes.size() > changes_named) {
    const std::size_t more = changes.size() - changes_named;
    changes.resize(changes_named);
    changes.push_back(fmt::format("{} more", more));
  }
  return join(changes, "; ");
}

}  // namespace mlops::app
