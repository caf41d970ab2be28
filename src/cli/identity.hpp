// Who runs the command, from the environment: for the audit log.
#pragma once

#include <optional>
#include <string>

#include <mlops/cli/run.hpp>

namespace mlops::cli {

// MLOPS_ACTOR, else the user of the CI (GitHub, GitLab, Jenkins); nullopt when none is named.
std::optional<std::string> actor_of(const Surroundings& surroundings);
// The page of the CI job.
std::optional<std::string> ci_url_of(const Surroundings& surroundings);
// The login name, else "uid N".
std::string login_name();

}  // namespace mlops::cli
