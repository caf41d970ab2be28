// What follows when triggers are due: one training, whatever happens to the process that begins it.
#pragma once

#include <cstdint>
#include <optional>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/domain/trigger.hpp>

namespace mlops::app {

// The run of a firing, while a cluster has it and it is not over.
std::optional<std::int64_t> run_on_cluster(Workspace& workspace, const domain::Firing& firing);

// Trains for a firing that this process looks after, or goes on with the training that was begun for it, and records
// how it ended; one that was handed to a cluster stays as it is, to be taken in by a later tick. Errors that another
// try may not meet leave it as it is: Error{interrupted}, Error{unavailable}, Error{conflict}.
domain::Firing carry_out(Workspace& workspace, const domain::ModelPolicy& policy, const std::string& commit,
                         domain::Firing firing);

}  // namespace mlops::app
