// The manifest of a training: one batch/v1 Job that holds all of it, its script too.
#pragma once

#include <mlops/runners/cluster.hpp>
#include <mlops/support/json.hpp>

namespace mlops::runners {

// Error{usage} for what Kubernetes needs and the profile does not say.
Json job_manifest(const Profile& profile, const Job& job);

}  // namespace mlops::runners
