// What is wrong in the artifact store, as `artifacts verify` and `repair` tell it.
#pragma once

#include <vector>

#include <mlops/app/artifacts.hpp>
#include <mlops/support/json.hpp>

#include "session.hpp"

namespace mlops::cli {

Json findings_json(const std::vector<app::ArtifactsFinding>& findings);
void print_finding(const Session& session, const app::ArtifactsFinding& finding);

}  // namespace mlops::cli
