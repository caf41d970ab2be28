#include <mlops/app/configure.hpp>

#include <fmt/core.h>

#include <mlops/app/workspace.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "policy_columns.hpp"
#include "policy_source.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

fs::path config_set(const Context& context, const ConfigSetRequest& request) {
  Settings check;
  const bool is_of_profile = request.key.starts_with("profile.");
  if (!is_of_profile) {
    check.set(request.key, request.value.value_or(check.get(request.key).value), "command line");
  } else if (request.value) {
    check.set(request.key, *request.value, "command line");
  }
  fs::path file = request.user_file;
  if (!request.user) {
    const auto project = find_project(context.directory);
    if (!project) {
      throw Error{ErrorKind::not_found,
                  fmt::format("no project in {} or any folder above it", context.directory.string()),
                  {"`mlops init` makes one here", "`--user` sets it for all your projects"}};
    }
    file = *project / ".mlops" / "config.toml";
  }
  if (!request.dry_run) write_setting(file, request.key, request.value);
  return file;
}

ConfigCheckOutcome config_check(const Context& context) {
  const fs::path project = find_project(context.directory).value_or(context.directory);
  const fs::path file = project / "mlops.toml";
  if (!fs::exists(file)) {
    throw Error{ErrorKind::not_found, fmt::format("no {}", file.string()), {"`mlops init` writes a commented one"}};
  }
  ConfigCheckOutcome outcome;
  outcome.file = file;
  constexpr std::uint64_t largest_policy = 4u << 20;
  outcome.policy = domain::parse_policy(read_file(file, largest_policy), "mlops.toml");
  outcome.doubts = doubtful_columns(project, outcome.policy);
  if (!find_project(context.directory)) return outcome;
  Workspace workspace{context, Access::read};
  try {
    outcome.notice = gate_policy(workspace).notice;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    outcome.notice = fmt::format("this one is not committed, and the one that counts is broken: {}", error.message());
  }
  return outcome;
}

}  // namespace mlops::app
