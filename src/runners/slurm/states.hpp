// What Slurm's commands say of jobs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <mlops/runners/cluster.hpp>

namespace mlops::runners {

// "TIMEOUT", "CANCELLED by 1000", "NODE_FAIL": unheard for a word that is none of Slurm's.
JobPhase phase_of_slurm(std::string_view word);

// Of squeue with the format "%i|%T|%r", by id.
std::map<std::string, JobState> states_in_squeue(std::string_view printed);
// Of sacct with "--format=JobID,State --parsable2".
std::map<std::string, JobState> states_in_sacct(std::string_view printed);
// Of `scontrol show job -o`, which knows the tasks of an array by other numbers too.
std::map<std::string, JobState> states_in_scontrol(std::string_view printed);

// Whether the controller answered that it has no such job.
bool says_no_such_job(std::string_view complaint);

}  // namespace mlops::runners
