// What the result of a stage depends on, and what of it has changed.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/stage_run.hpp>
#include <mlops/support/digest.hpp>

#include "recorded_command.hpp"

namespace mlops::app {

using Dependencies = std::map<std::string, std::string>;

// The interpreter and packages that commands find, asked once for each program.
class StageInterpreters {
 public:
  const Dependencies& of(const std::string& program, const std::filesystem::path& directory);

 private:
  std::map<std::string, Dependencies> known_;
};

// All that counts but the outputs of the stages before: its code (as noted in `depends`), command, params, inputs, seed
// and environment.
Dependencies own_dependencies(const Workspace& workspace, const CommandPlan& whole, const domain::StageRun& stage,
                              StageInterpreters& interpreters);

// The outputs of the stages before, which are done.
Dependencies needed_outputs(const std::vector<domain::StageRun>& stages, const domain::StageRun& stage);

// What the stage depended on where it ran, with an interpreter that may be another than here: `environment` is what was
// told there. The stages before it are done.
Dependencies dependencies_there(const CommandPlan& whole, const domain::StageRun& stage, const Json& environment);

Digest key_of(const Dependencies& dependencies);

// "param lr is 0.05, was 0.1; code train.py has changed"; "" when nothing has.
std::string change_text(const Dependencies& before, const Dependencies& now);

}  // namespace mlops::app
