// The kinds of clusters there are.
#pragma once

#include <memory>

#include <mlops/runners/cluster.hpp>

namespace mlops::runners {

std::unique_ptr<Cluster> open_slurm(const Profile& profile);
std::unique_ptr<Cluster> open_kubernetes(const Profile& profile);

}  // namespace mlops::runners
