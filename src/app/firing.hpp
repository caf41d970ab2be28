// What follows when triggers are due: one training, whatever happens to the process that begins it.
#pragma once

#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/domain/trigger.hpp>

namespace mlops::app {

// Trains for a firing that this process looks after, or goes on with the training that was begun for it, and records
// how it ended. Errors that another try may not meet leave it as it is: Error{interrupted}, Error{unavailable},
// Error{conflict}.
domain::Firing carry_out(Workspace& workspace, const domain::ModelPolicy& policy, const std::string& commit,
                         domain::Firing firing);

}  // namespace mlops::app
