// A recipe with stages as one job: what it has to run, and what came of each stage.
#pragma once

#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/runners/cluster.hpp>

#include "recorded_command.hpp"
#include "run_folder.hpp"

namespace mlops::app {

// Of a job that is gone without having been taken in: the stages that it had done.
void collect_done_stages(Workspace& workspace, CommandPlan& whole, const RunFolder& folder);

// Takes over from earlier runs what they have done already, and puts it where the others look for it; notes in each of
// those what it depends on, as far as it is known, and why it runs. Whether any has to run.
bool settle_stages(Workspace& workspace, CommandPlan& whole, bool fresh);

// Those that are not done, one after the other; writes the files that they read.
runners::Job make_staged_job(const Workspace& workspace, CommandPlan& whole, const RunFolder& folder);

// Of a job that nobody has taken in: how far its stages are, as its folder tells. That is for people; nothing counts
// before it is collected.
void look_at_stages(domain::Execution& execution);

// After take_result(): what the job did of each stage, as a run here would record it, and what came of all.
void collect_stages(Workspace& workspace, CommandPlan& whole, const RunFolder& folder);

}  // namespace mlops::app
