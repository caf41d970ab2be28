// What people name when they want to look into files: a path, or a version.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/formats/file_set.hpp>

namespace mlops::app {

struct FileTarget {
  std::unique_ptr<Workspace> workspace;    // of a version
  std::optional<domain::Version> version;  // nullopt: a path
  std::optional<std::filesystem::path> path;
  std::unique_ptr<formats::FileSet> files;
};

// A text with an '@' that is no path is MODEL@REF. Error{not_found} with what was tried.
FileTarget open_target(const Context& context, const std::string& text);

}  // namespace mlops::app
