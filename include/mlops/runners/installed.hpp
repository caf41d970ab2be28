// Which versions of Python packages are installed where a model would be loaded, without starting Python.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mlops::runners {

// The folders in which the interpreter `python` ("/usr/bin/python3", or that of a virtual environment) looks for
// packages.
std::vector<std::filesystem::path> package_folders(const std::filesystem::path& python);

// By name as it was asked for, of those packages that have a record (`NAME-VERSION.dist-info` or `.egg-info`) in one of
// the folders; in the first of several. Names are compared as pip does: without regard to case, `-`, `_` and `.`.
std::map<std::string, std::string> installed_versions(const std::vector<std::string>& names,
                                                      const std::vector<std::filesystem::path>& folders);

}  // namespace mlops::runners
