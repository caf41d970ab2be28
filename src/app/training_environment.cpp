#include "training_environment.hpp"

#include <cmath>

#include <fmt/core.h>

#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

// Without these hardly any program starts as it does by hand.
const std::vector<std::string>& always_inherited() {
  static const std::vector<std::string> names{"PATH", "HOME", "USER",     "LOGNAME", "SHELL",    "TERM",
                                              "TZ",   "LANG", "LANGUAGE", "LC_ALL",  "LC_CTYPE", "TMPDIR"};
  return names;
}

std::optional<std::string> variable(const Workspace& workspace, std::string_view name) {
  const auto& lookup = workspace.context().variable;
  return lookup ? lookup(name) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>> find_secrets(const Workspace& workspace,
                                                              const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> secrets;
  for (const std::string& name : names) {
    auto value = variable(workspace, name);
    if (!value || value->empty()) {
      throw Error{
          ErrorKind::not_found,
          fmt::format("the secret `{}` that the recipe names is not set", name),
          {fmt::format("put it into the environment variable `{}`; its value is neither recorded nor logged", name)}};
    }
    secrets.emplace_back(name, std::move(*value));
  }
  return secrets;
}

void require_machine(const domain::ResourceNeed& needs, const Json& machine) {
  const auto refuse = [](const std::string& what) {
    throw Error{ErrorKind::unavailable, what, {"`resources` of the recipe says what it needs"}};
  };
  const Json* const memory = machine.find("memory_bytes");
  if (needs.memory_bytes && memory != nullptr &&
      static_cast<std::uint64_t>(memory->as_integer()) < *needs.memory_bytes) {
    refuse(fmt::format("the training needs {} of memory, and this machine has {}", bytes_text(*needs.memory_bytes),
                       bytes_text(static_cast<std::uint64_t>(memory->as_integer()))));
  }
  const Json* const gpus = machine.find("gpus");
  const std::size_t there = gpus != nullptr && gpus->is_array() ? gpus->as_array().size() : 0;
  if (needs.gpus && static_cast<std::size_t>(*needs.gpus) > there) {
    refuse(fmt::format("the training needs {} GPU{}, and this machine has {}", *needs.gpus, *needs.gpus == 1 ? "" : "s",
                       there));
  }
}

void add_choice(const CommandPlan& plan, const TrainingEnvironment& surroundings, Json& facts) {
  if (!surroundings.recorded.is_null()) facts.set("variables", surroundings.recorded);
  const auto& lock = plan.execution.conduct.environment.lock;
  if (!lock) return;
  const fs::path file = plan.directory / *lock;
  if (!fs::exists(file)) {
    throw Error{ErrorKind::not_found, fmt::format("the lock file `{}` that the recipe names is not there", *lock)};
  }
  constexpr std::uint64_t largest_lock = 256u << 20;
  facts.set("lock", fmt::format("{} {}", *lock, sha256(read_file(file, largest_lock)).text()));
}

}  // namespace

TrainingEnvironment prepare_environment(const Workspace& workspace, const CommandPlan& plan) {
  const domain::EnvironmentPlan& wanted = plan.execution.conduct.environment;
  const domain::ResourceNeed& needs = plan.execution.conduct.needs;
  TrainingEnvironment surroundings;
  surroundings.secrets = find_secrets(workspace, wanted.secrets);
  for (const auto& [name, value] : plan.fixed_variables) surroundings.variables.emplace_back(name, value);
  if (wanted.variables) {
    surroundings.inherited = always_inherited();
    surroundings.recorded = Json::object();
    for (const std::string& name : *wanted.variables) {
      const auto fixed = plan.fixed_variables.find(name);
      const auto value = fixed != plan.fixed_variables.end() ? std::optional{fixed->second} : variable(workspace, name);
      if (value) surroundings.recorded.set(name, printable(*value));
      surroundings.inherited->push_back(name);
    }
  }
  const bool runs_here = !plan.execution.job;
  if (runs_here && needs != domain::ResourceNeed{})
    require_machine(needs, runners::describe_environment({}, plan.directory));
  // Numeric libraries would take every core that they see.
  if (needs.cpus && !variable(workspace, "OMP_NUM_THREADS"))
    surroundings.variables.emplace_back("OMP_NUM_THREADS", std::to_string(static_cast<long>(std::ceil(*needs.cpus))));
  return surroundings;
}

Json describe_choice(const CommandPlan& plan, const TrainingEnvironment& surroundings) {
  Json facts = Json::object();
  add_choice(plan, surroundings, facts);
  return facts;
}

Json describe(const Workspace& workspace, const CommandPlan& plan, const TrainingEnvironment& surroundings) {
  const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    for (const auto& [set, value] : surroundings.variables) {
      if (set == name) return value;
    }
    return variable(workspace, name);
  };
  Json facts = runners::describe_environment(plan.run.command, plan.directory, lookup);
  add_choice(plan, surroundings, facts);
  return facts;
}

}  // namespace mlops::app
