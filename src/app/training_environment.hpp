// What a command sees of the environment, and what is recorded of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/support/json.hpp>

#include "recorded_command.hpp"

namespace mlops::app {

struct TrainingEnvironment {
  std::optional<std::vector<std::string>> inherited;           // the only variables handed on; nullopt: all
  std::vector<std::pair<std::string, std::string>> variables;  // set on top of them
  std::vector<std::pair<std::string, std::string>> secrets;
  Json recorded;  // name and value of the listed variables; null when none are listed
};

// Error{not_found} for a secret that is not set, Error{unavailable} when this machine hasn't got what the command
// needs.
TrainingEnvironment prepare_environment(const Workspace& workspace, const CommandPlan& plan);

// Of these the lock file and the listed variables: what was chosen, and no machine tells.
Json describe_choice(const CommandPlan& plan, const TrainingEnvironment& surroundings);

// Interpreter, packages, machine, lock file and listed variables.
Json describe(const Workspace& workspace, const CommandPlan& plan, const TrainingEnvironment& surroundings);

}  // namespace mlops::app
