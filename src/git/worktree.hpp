// Work trees outside the user's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <mlops/git/repository.hpp>

#include "command.hpp"

namespace mlops::git {

// `commit` is a full id.
std::unique_ptr<Worktree> make_worktree(const Place& place, const std::string& commit, bool has_submodules,
                                        const std::filesystem::path& parent);

// The tree that make_worktree made below `parent` for a process that is gone; nullptr when there is none.
std::unique_ptr<Worktree> take_over_worktree(const Place& place, const std::filesystem::path& parent);

// Removes the trees that make_worktree made for processes that are gone, or whose folder is, and what a killed git left
// of them; not those below `kept`.
void remove_abandoned_worktrees(const Place& place, const std::vector<std::filesystem::path>& kept);

}  // namespace mlops::git
