// Names, commits and the paths between them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/git/repository.hpp>

#include "libgit2.hpp"

namespace mlops::git {

// Throws Error{usage} when the name is a prefix of several ids.
std::optional<git_oid> find_commit(git_repository* repository, std::string_view name);
std::optional<CommitInfo> describe_commit(git_repository* repository, const git_oid& id);
std::optional<bool> is_reachable(git_repository* repository, std::string_view commit, std::string_view branch);
std::vector<CommitInfo> list_range(git_repository* repository, std::string_view from, std::string_view to,
                                   std::size_t limit);

}  // namespace mlops::git
