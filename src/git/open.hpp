// Finding the repository around a folder.
#pragma once

#include <filesystem>
#include <string>

#include "libgit2.hpp"

namespace mlops::git {

// An empty handle when there is none; throws Error{failed} in words when there is one that can't be used.
RepositoryHandle find_repository(const std::filesystem::path& directory);

}  // namespace mlops::git
