// `config`: settings and the check of the policy file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/context.hpp>
#include <mlops/domain/policy.hpp>

namespace mlops::app {

struct ConfigSetRequest {
  std::string key;
  std::optional<std::string> value;  // nullopt: unset
  bool user = false;                 // in the user's file instead of the project's
  std::filesystem::path user_file;
  bool dry_run = false;
};
// Returns the file it wrote (or would write).
std::filesystem::path config_set(const Context& context, const ConfigSetRequest& request);

struct ConfigCheckOutcome {
  std::filesystem::path file;
  domain::Policy policy;
  std::vector<std::string> doubts;    // what may be a mistake
  std::optional<std::string> notice;  // whether the gates that count are others than those in this file
};
// Error{usage} with every mistake when the file is not valid, Error{not_found} when there is none.
ConfigCheckOutcome config_check(const Context& context);

}  // namespace mlops::app
