// Which hooks count now.
#pragma once

#include <map>
#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/hook.hpp>

namespace mlops::app {

using Hooks = std::map<std::string, domain::Hook>;

// Of the policy whose gates count. Where that policy has not even the word, it is not read further, so that nobody pays
// for hooks who has none.
Hooks hooks_that_count(Workspace& workspace);

// Error{not_found} with the near miss unless the policy has it.
const domain::Hook& require_hook(const Hooks& hooks, const std::string& name);

}  // namespace mlops::app
