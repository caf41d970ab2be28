// What differs from HEAD in a work tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "libgit2.hpp"

namespace mlops::git {

struct Changes {
  std::vector<std::string> paths;  // sorted, each once, relative to the root
  std::vector<std::string> warnings;
};

// As git sees it, and libgit2 only where git is not installed; with what git was told not to look at.
Changes find_changes(const Place& place, git_repository* repository);

// The paths in `git status --porcelain=v1 -z`.
std::vector<std::string> parse_status(std::string_view output);

// Files that differ although the index says that they needn't be compared (`git update-index --assume-unchanged`,
// `--skip-worktree`). Throws Error{failed} when libgit2 can't read the index.
std::vector<std::string> hidden_changes(const Place& place, git_repository* repository);

}  // namespace mlops::git
