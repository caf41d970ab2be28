// Asks a gate about a version: gathers what its checks need, and folds their answers into a verdict.
#pragma once

#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/store/store.hpp>

#include "policy_source.hpp"

namespace mlops::app {

// Slow: reads files, may run commands. Called outside any write transaction. The verdict is not stored (id 0).
domain::Verdict ask_gate(Workspace& workspace, const PolicySource& policy, const domain::Version& version,
                         const std::string& stage);

// Error{conflict} unless every waiver that the verdict rests on still stands: the checks may have taken long.
void require_waivers(store::ReadTransaction& view, const domain::Verdict& verdict, Timestamp now);

// Before anything loads a version's files outside a gate: if any gate of its model asks for intact or safe files, they
// must be. Error{refused}.
void demand_loadable(Workspace& workspace, const PolicySource& policy, const domain::Version& version);

}  // namespace mlops::app
