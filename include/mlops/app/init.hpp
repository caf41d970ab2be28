// `init`: makes a registry.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <mlops/app/context.hpp>

namespace mlops::app {

struct InitRequest {
  std::optional<std::string> registry;  // a folder elsewhere; the project's own .mlops otherwise
  bool dry_run = false;
};
struct InitOutcome {
  std::filesystem::path project;
  std::filesystem::path registry;
  bool created = false;         // false: it was there already
  bool policy_written = false;  // mlops.toml was missing
  bool in_git = false;
};
InitOutcome init(const Context& context, const InitRequest& request);

}  // namespace mlops::app
