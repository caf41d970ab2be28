// What a look at the artifact store found, for people and as JSON.
#pragma once

#include <vector>

#include <mlops/app/artifacts.hpp>

#include "session.hpp"

namespace mlops::cli {

Json findings_json(const std::vector<app::ArtifactsFinding>& findings);
void print_finding(const Session& session, const app::ArtifactsFinding& finding);

}  // namespace mlops::cli
