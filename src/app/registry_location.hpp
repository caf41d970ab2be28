// Where the registry stands, from the settings and the project.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include <mlops/app/context.hpp>

namespace mlops::app {

// The folder that a registry setting names, absolute. Accepts a path or "sqlite:PATH" / "file://PATH"; Error{usage} for
// an engine that this build doesn't have.
std::filesystem::path registry_folder(std::string_view setting, const std::filesystem::path& relative_to);

// The registry to use: the setting, else the project's own; nullopt without either.
std::optional<std::filesystem::path> registry_location(const Context& context,
                                                       const std::optional<std::filesystem::path>& project);

}  // namespace mlops::app
