// Runs whose process is gone.
#pragma once

#include <string_view>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

// Recorded as running, but its process is gone: killed, or lost with a former boot of this machine.
bool is_lost(const domain::Run& run);

inline constexpr std::string_view lost_failure = "its process is gone";

// Lost runs of this machine get their end: interrupted, with the log that they wrote so far; what they left running is
// ended. The folder of a retraining that can be resumed is kept.
void close_lost_runs(Workspace& workspace);

// Whether `retrain --resume` has something to go on with.
bool is_resumable(const domain::Run& run);
// The run, which is resumable and which nobody looks after. Error{unavailable} while it is still going, Error{refused}
// when it is over, or a trial of a search.
domain::Run require_resumable(Workspace& workspace, std::int64_t number);

// Removes work trees whose process is gone, but for those of runs that can be resumed.
void prune_trees(Workspace& workspace);

}  // namespace mlops::app
