// Files of which git holds only a pointer (Git LFS).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "command.hpp"

namespace mlops::git {

struct LfsPointer {
  std::string oid;  // SHA-256, hex
  std::uint64_t size = 0;
};

// nullopt when the text is none: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
std::optional<LfsPointer> parse_lfs_pointer(std::string_view text);

// In a tree that was just checked out: pointers that no filter replaced give way to the objects that this repository
// has fetched. Path and oid of all LFS files. Error{not_found} that names the first object that isn't there.
std::map<std::string, std::string> fill_lfs_files(const Place& place, const std::filesystem::path& tree);

}  // namespace mlops::git
