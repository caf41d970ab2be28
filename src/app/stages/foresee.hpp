// What a retraining would do with each stage.
#pragma once

#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/stage_run.hpp>

#include "retrain_steps.hpp"

namespace mlops::app {

// Looks at the commit in a checkout that goes again; runs and records nothing. A stage that is waiting would run, or
// may: it says why.
std::vector<domain::StageRun> foresee_stages(Workspace& workspace, Retraining& training);

}  // namespace mlops::app
