// What comes of a training that succeeded: a version, compared and, where asked for, promoted.
#pragma once

#include <string>

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>

#include "retrain_plan.hpp"

namespace mlops::app {

// The end of `ending` and the version that came of `trained`, in one transaction; both are the same run where nothing
// is searched. Files that are bit for bit those of a version that exists are that version.
void register_version(Workspace& workspace, const std::string& message, const RetrainDecision& decision,
                      const domain::Run& trained, const domain::Run& ending, RetrainOutcome& outcome);
// The version's metrics beside those of its parent and of the holder of the last stage.
void compare_result(Workspace& workspace, const RetrainDecision& decision, RetrainOutcome& outcome);
// `cause`: why it was trained, where nobody asked for it; "" otherwise.
void promote_result(Workspace& workspace, const std::string& stage, const std::string& cause, RetrainOutcome& outcome);

}  // namespace mlops::app
