// The batch scripts that Slurm is given.
#pragma once

#include <string>

#include <mlops/runners/cluster.hpp>

namespace mlops::runners {

std::string batch_script(const Profile& profile, const Job& job);
// Of which each task runs the script of its own job.
std::string array_script(const Profile& profile, const JobArray& array);
std::string task_script(const Profile& profile, const Job& job);

}  // namespace mlops::runners
