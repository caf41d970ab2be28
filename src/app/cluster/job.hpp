// A run as a job of a cluster: handed over, looked at, and what came of it.
#pragma once

#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/runners/cluster.hpp>

#include "recorded_command.hpp"
#include "run_folder.hpp"

namespace mlops::app {

// The command of the plan as a job; writes the files that it reads, and notes what of its environment was chosen.
runners::Job make_job(const Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// Hands it over, and records that, so that it can be found by whoever comes next. When the cluster doesn't answer, the
// run is left interrupted, to be resumed; other errors are thrown on.
void submit_job(Workspace& workspace, CommandPlan& plan, const runners::Job& job);

// Whether the cluster has its job: a process that is gone may have handed it over without a note of it, which is made
// then. Errors as above.
bool adopt_job(Workspace& workspace, CommandPlan& plan);

// Whether the run is a job that the cluster has, or had.
bool is_handed_over(const domain::Run& run);

// Whether another process of this host is taking the result in at this moment.
bool is_taken_in_elsewhere(const domain::Execution& execution);

// The state, after a look at what the job itself has left. One that is over has left its result, or never will.
runners::JobState look_at_job(const domain::Execution& execution);

// Of a job that is over: its attempts, exit code, status and failure, and where it ran. Takes secrets out of its log.
void take_result(const Workspace& workspace, CommandPlan& plan, const RunFolder& folder);

// Those that a job, or a stage of it, made; `plan` has its command.
void take_attempts(const runners::JobResult& result, CommandPlan& plan);
// What its machine told, beside what is known of the run's environment.
void take_environment(const runners::JobResult& result, domain::Run& run);

// "job 345 of slurm", "job mlops-1a2b3c4d-12 of gpu"
std::string job_text(const domain::ClusterJob& job);
// "PENDING (Resources)"
std::string state_text(const runners::JobState& state);

// The text without the values of the secrets that the run was given. Error{not_found} where one is not set here.
std::string without_secrets(const Workspace& workspace, const domain::Execution& execution, std::string text);

// The same for the log in its folder, before anything is kept of it.
void take_secrets_out(const Workspace& workspace, const domain::Execution& execution, const RunFolder& folder);

}  // namespace mlops::app
