// What came of all stages, as that of their run.
#pragma once

#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/stage_run.hpp>

#include "recorded_command.hpp"

namespace mlops::app {

// What came of its command, which was collected. What it says of folders and files must be what the recipe says:
// otherwise it failed.
void note_stage_result(CommandPlan& command, CommandPlan& whole, domain::StageRun& stage);

// In words, of a stage that was not done.
std::string stage_failure(const domain::StageRun& stage);

// Metrics and metrics over steps of all stages together, and, when all are done, those outputs that are the run's. A
// metric that two stages wrote fails the run.
void join_results(Workspace& workspace, CommandPlan& whole);

}  // namespace mlops::app
