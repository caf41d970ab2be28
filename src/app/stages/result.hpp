// What came of all stages, as that of their run.
#pragma once

#include <mlops/app/workspace.hpp>

#include "recorded_command.hpp"

namespace mlops::app {

// Metrics and metrics over steps of all stages together, and, when all are done, those outputs that are the run's. A
// metric that two stages wrote fails the run.
void join_results(Workspace& workspace, CommandPlan& whole);

}  // namespace mlops::app
