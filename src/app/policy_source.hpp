// Which `mlops.toml` counts: a gate is read from a commit, so that a change nobody reviewed can't loosen it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>

namespace mlops::app {

struct PolicySource {
  domain::Policy policy;
  std::string blob;                   // see domain::Verdict::policy_blob
  std::string source;                 // see domain::Verdict::policy_source
  std::optional<std::string> commit;  // whose files the command checks run on; nullopt outside git
  std::optional<std::string> notice;  // what the person should know about it
};

// The policy whose gates count now: of HEAD, of the `policy.ref` setting, or of the file outside git.
PolicySource gate_policy(Workspace& workspace);
// The policy at one commit; built-in when that commit has no mlops.toml.
PolicySource policy_at(Workspace& workspace, const std::string& commit);

// Whether that policy's text has this word at all. Reads nothing of it, so that a broken one is no error.
bool policy_has_word(Workspace& workspace, std::string_view word);

// Error{not_found} with the near miss unless the policy has the stage.
void require_stage(const domain::Policy& policy, std::string_view stage);

std::string short_commit(std::string_view commit);

}  // namespace mlops::app
