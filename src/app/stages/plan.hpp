// The stages of a recipe as a run has them, and the command of each.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/domain/stage_run.hpp>

#include "recorded_command.hpp"

namespace mlops::app {

// As they are before anything is done.
std::vector<domain::StageRun> planned_stages(const domain::Recipe& recipe);

// The same to be done again, without regard to what came of them.
std::vector<domain::StageRun> stages_again(const std::vector<domain::StageRun>& stages);

// What is done stays done; what a process left in the middle waits again. `was_lost`: it left no word of its end.
void take_up_stages(std::vector<domain::StageRun>& stages, bool was_lost);

// What the command that stands for all of a recipe's stages may name beside the recipe's own.
void add_stage_placeholders(const std::vector<domain::StageRun>& stages, const std::vector<std::string>& command,
                            std::map<std::string, std::string>& placeholders);

// Of one stage of `whole`: it sees the params, inputs and outputs that are its own, and those of the stages it needs.
CommandPlan command_of_stage(const CommandPlan& whole, const domain::StageRun& stage);

// Whether its command stands for all of the recipe's.
bool makes_result(const CommandPlan& whole, const domain::StageRun& stage);

// What an earlier run made, or this one before a crash, is put where the command of the stage looks for it.
void place_needs(Workspace& workspace, const CommandPlan& whole, const domain::StageRun& stage);

// Clears the places of all of them in a new checkout, and notes what their code is.
void lay_out_stages(domain::Execution& execution, const std::filesystem::path& project);

// What it wrote, or what happens to be committed there, must not pass for new.
void clear_stage(const domain::StageRun& stage, const std::filesystem::path& project);

}  // namespace mlops::app
