// The installed Python packages as their records tell of them, read without starting Python.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::runners {

struct PackageRecord {
  std::string name;
  std::string version;
};

// From the header of a METADATA or PKG-INFO (https://packaging.python.org/en/latest/specifications/core-metadata/);
// nullopt where it lacks one of the two.
std::optional<PackageRecord> parse_package_record(std::string_view text);

// Version by name, of every `*.dist-info` and `*.egg-info` in these folders; in the first of several. The same as
// Python's importlib.metadata finds there.
std::map<std::string, std::string> recorded_packages(const std::vector<std::filesystem::path>& folders);

}  // namespace mlops::runners
