#include "cluster/profile.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

bool is_kind(const std::string& name) {
  return std::ranges::find(runners::profile_kinds(), name) != runners::profile_kinds().end();
}

std::optional<runners::Profile> profile_named(const Settings& settings, const std::string& name) {
  runners::Profile profile{.name = name, .kind = {}, .values = {}};
  const std::string prefix = fmt::format("profile.{}.", name);
  std::string origin;
  for (const Setting& setting : settings.all()) {
    if (!setting.key.starts_with(prefix)) continue;
    profile.values.insert_or_assign(setting.key.substr(prefix.size()), setting.value);
    origin = setting.origin;
  }
  if (profile.values.empty() && !is_kind(name)) return std::nullopt;
  profile.kind = profile.find("kind").value_or(is_kind(name) ? name : "");
  profile.values.erase("kind");
  if (profile.kind.empty()) {
    throw Error{ErrorKind::usage,
                fmt::format("the profile `{}` has no `kind` ({})", printable(name), origin),
                {fmt::format("it takes {}", join(runners::profile_kinds(), ", "))}};
  }
  return profile;
}

// A key of another kind of machine would do nothing, silently.
void require_sense(const runners::Profile& profile) {
  for (const char* const key : {"time", "notice", "keep"}) static_cast<void>(profile.seconds(key));
  static_cast<void>(profile.number("requeue"));
  for (const auto& [key, value] : profile.values) {
    const auto known = std::ranges::find(runners::profile_keys(), key, &runners::ProfileKey::key);
    if (known == runners::profile_keys().end() || known->kind.empty() || known->kind == profile.kind) continue;
    throw Error{ErrorKind::usage, fmt::format("`{}` of profile `{}` is for {}, and this is {}", key,
                                              printable(profile.name), known->kind, profile.kind)};
  }
}

}  // namespace

runners::Profile choose_profile(const Settings& settings, const std::optional<std::string>& asked,
                                const std::optional<std::string>& recipe) {
  const std::string name = asked ? *asked : recipe ? *recipe : settings.get("on").value;
  if (auto profile = profile_named(settings, name)) {
    require_sense(*profile);
    return *profile;
  }
  const std::string origin = asked ? "--on" : recipe ? "`on` of the recipe" : settings.get("on").origin;
  Error error{ErrorKind::usage, fmt::format("there is no profile `{}` ({})", printable(name), origin)};
  std::vector<std::string> names = settings.profiles();
  names.insert(names.end(), runners::profile_kinds().begin(), runners::profile_kinds().end());
  if (const auto near = near_miss(name, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("[profile.{}] in .mlops/config.toml or your own settings says what it is; there are: {}",
                             printable(name), join(names, ", ")));
  throw error;
}

fs::path jobs_folder(const Workspace& workspace, const runners::Profile& profile) {
  if (const auto folder = profile.find("folder")) {
    if (!fs::path{*folder}.is_absolute()) {
      throw Error{ErrorKind::usage, fmt::format("`folder` of profile `{}` must be an absolute path, not `{}`",
                                                printable(profile.name), printable(*folder))};
    }
    return *folder;
  }
  return workspace.registry() / "jobs";
}

std::vector<fs::path> all_jobs_folders(const Workspace& workspace) {
  std::vector<fs::path> folders{fs::weakly_canonical(workspace.registry() / "jobs")};
  for (const Setting& setting : workspace.context().settings.all()) {
    if (setting.key.starts_with("profile.") && setting.key.ends_with(".folder") && !setting.value.empty())
      folders.push_back(fs::weakly_canonical(setting.value));
  }
  return folders;
}

domain::ClusterJob new_job(const runners::Profile& profile) {
  constexpr std::size_t tag_bytes = 4;
  return {.kind = profile.kind,
          .profile = profile.name,
          .settings = profile.values,
          .name = "mlops-" + random_hex(tag_bytes),
          .id = {}};
}

runners::Profile profile_of(const domain::ClusterJob& job) {
  return {.name = job.profile, .kind = job.kind, .values = job.settings};
}

}  // namespace mlops::app
