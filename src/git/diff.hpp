// A work tree's changes as one patch.
#pragma once

#include <string>

#include "command.hpp"
#include "libgit2.hpp"

namespace mlops::git {

// A patch from HEAD (or from nothing, without any commit) to the work tree, untracked files included, for `git apply`.
// The user's index and objects stay as they are. What the patch leaves out is said in lines before its first file,
// which `git apply` skips.
std::string working_diff(const Place& place, git_repository* repository);

// The same as a commit on top of HEAD that no reference holds yet; its id.
std::string snapshot_commit(const Place& place, git_repository* repository, const std::string& message,
                            const std::string& name, const std::string& email);

}  // namespace mlops::git
