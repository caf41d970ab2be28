// Work trees outside the user's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <mlops/git/repository.hpp>

#include "command.hpp"

namespace mlops::git {

// `commit` is a full id.
std::unique_ptr<Worktree> make_worktree(const Place& place, const std::string& commit, bool has_submodules,
                                        const std::filesystem::path& parent);

// Removes the trees that make_worktree made for processes that are gone, or whose folder is.
void remove_abandoned_worktrees(const Place& place);

}  // namespace mlops::git
