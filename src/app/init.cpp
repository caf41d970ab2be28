#include <mlops/app/init.hpp>

#include <fmt/core.h>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/git/repository.hpp>
#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "registry_location.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

// A .gitignore inside keeps the whole folder out of git without touching a file that the user tracks.
void write_project_folder(const fs::path& folder) {
  make_directories(folder);
  if (!fs::exists(folder / ".gitignore")) write_file_atomic(folder / ".gitignore", "*\n");
  if (!fs::exists(folder / "config.toml")) {
    write_file_atomic(folder / "config.toml", "# Settings of this project; see `mlops config list`.\n");
  }
}

bool is_registry(const fs::path& folder) { return fs::exists(folder / "registry.db"); }

void create_registry(const fs::path& folder) {
  make_directories(folder);
  try {
    store::create_store(store_url(folder));
  } catch (const Error& error) {
    // Two `init` at once: the other one made it, which is all that was wanted.
    if (error.kind() != ErrorKind::conflict) throw;
  }
}

}  // namespace

InitOutcome init(const Context& context, const InitRequest& request) {
  const fs::path project = context.directory;
  const fs::path own = project / ".mlops";
  InitOutcome outcome;
  outcome.project = project;
  outcome.registry = request.registry ? registry_folder(*request.registry, context.directory) : own;
  outcome.in_git = git::open_repository(project) != nullptr;

  Settings present;
  read_settings_file(own / "config.toml", present);
  if (const Setting& setting = present.get("registry"); !setting.value.empty()) {
    const fs::path configured = registry_folder(setting.value, project);
    if (request.registry && configured != outcome.registry) {
      throw Error{ErrorKind::conflict,
                  fmt::format("this project uses the registry {} already", configured.string()),
                  {"`mlops config set registry DIR` changes that"}};
    }
    outcome.registry = configured;
  } else if (request.registry && is_registry(own)) {
    throw Error{ErrorKind::conflict,
                fmt::format("this project has a registry of its own in {}", own.string()),
                {"`mlops config set registry DIR` uses another one; the versions in this one stay in it"}};
  }

  outcome.created = !is_registry(outcome.registry);
  const fs::path policy = project / "mlops.toml";
  outcome.policy_written = !fs::exists(policy);
  if (const auto above = find_project(project.parent_path()); above && outcome.created) {
    context.warn(
        fmt::format("{} has a registry too; here, and in the folders below, the new one is used", above->string()));
  }
  if (request.dry_run) return outcome;

  write_project_folder(own);
  if (outcome.created) create_registry(outcome.registry);
  if (request.registry) write_setting(own / "config.toml", "registry", outcome.registry.string());
  if (outcome.policy_written) write_file_atomic(policy, domain::starter_policy());
  return outcome;
}

}  // namespace mlops::app
