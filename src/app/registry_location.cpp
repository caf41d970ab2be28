#include "registry_location.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

fs::path registry_folder(std::string_view setting, const fs::path& relative_to) {
  for (const std::string_view prefix : {"sqlite:", "file://"}) {
    if (setting.starts_with(prefix)) setting.remove_prefix(prefix.size());
  }
  if (const auto scheme_end = setting.find("://"); scheme_end != std::string_view::npos) {
    throw Error{ErrorKind::usage,
                fmt::format("a registry at `{}://…` is not supported by this version",
                            printable(setting.substr(0, scheme_end))),
                {"name a folder, such as /srv/models/registry"}};
  }
  if (setting.empty()) throw Error{ErrorKind::usage, "the registry's folder is empty", {"name a folder"}};
  const fs::path folder{setting};
  return (folder.is_absolute() ? folder : relative_to / folder).lexically_normal();
}

std::optional<fs::path> registry_location(const Context& context, const std::optional<fs::path>& project) {
  const Setting& setting = context.settings.get("registry");
  if (!setting.value.empty()) {
    // A path in the project's own file is relative to the project, one from a person to where they stand.
    const bool from_project = project && setting.origin == (*project / ".mlops" / "config.toml").string();
    return registry_folder(setting.value, from_project ? *project : context.directory);
  }
  if (!project) return std::nullopt;
  return *project / ".mlops";
}

}  // namespace mlops::app
