#include "status.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::git {

namespace {

std::vector<std::string> status_of_git(const Place& place) {
  const CapturedOutput output = run_git_at(place, {"status", "--porcelain=v1", "-z", "--untracked-files=normal",
                                                   "--ignore-submodules=none", "--no-renames"});
  check_git(output, fmt::format("`git status` failed in `{}`", place.root.string()));
  return parse_status(output.out);
}

std::vector<std::string> status_of_libgit2(git_repository* repository) {
  const Libgit2& git = libgit2();
  git_status_options options{};
  options.version = GIT_STATUS_OPTIONS_VERSION;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED;
  const auto [code, list] = made<StatusHandle>(git.status_list_new, repository, &options);
  check(code, "the work tree can't be compared with HEAD");

  std::vector<std::string> paths;
  for (std::size_t i = 0; i < git.status_list_entrycount(list.get()); ++i) {
    const git_status_entry* const entry = git.status_byindex(list.get(), i);
    const git_diff_delta* const delta =
        entry->head_to_index != nullptr ? entry->head_to_index : entry->index_to_workdir;
    if (delta != nullptr)
      paths.emplace_back(delta->new_file.path != nullptr ? delta->new_file.path : delta->old_file.path);
  }
  return paths;
}

// The id of what lies at `path`, as if it were added; links are compared by their target's name.
Made<git_oid> working_id(const Place& place, git_repository* repository, const std::string& path) {
  const Libgit2& git = libgit2();
  const std::filesystem::path file = place.root / path;
  Made<git_oid> id;
  std::error_code failure;
  if (std::filesystem::is_symlink(file, failure)) {
    const std::string target = std::filesystem::read_symlink(file, failure).string();
    id.code = failure ? -1 : git.odb_hash(&id.handle, target.data(), target.size(), GIT_OBJECT_BLOB);
  } else {
    id.code = git.repository_hashfile(&id.handle, repository, file.c_str(), GIT_OBJECT_BLOB, nullptr);
  }
  return id;
}

bool differs(const Place& place, git_repository* repository, const git_index_entry& entry, bool may_be_absent) {
  std::error_code failure;
  const auto type = std::filesystem::symlink_status(place.root / entry.path, failure).type();
  if (type == std::filesystem::file_type::not_found) return !may_be_absent;
  if (type == std::filesystem::file_type::directory) return false;  // a submodule, which has its own HEAD
  const auto [code, id] = working_id(place, repository, entry.path);
  return code != 0 || libgit2().oid_cmp(&id, &entry.id) != 0;
}

void add_hidden_changes(const Place& place, git_repository* repository, Changes& changes) {
  try {
    std::ranges::move(hidden_changes(place, repository), std::back_inserter(changes.paths));
  } catch (const Error& error) {
    changes.warnings.push_back(
        fmt::format("files that git was told to assume unchanged were not compared with HEAD: {}", error.message()));
  }
}

}  // namespace

std::vector<std::string> parse_status(std::string_view output) {
  std::vector<std::string> paths;
  while (!output.empty()) {
    const auto end = std::min(output.find('\0'), output.size());
    const std::string_view record = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (record.size() > 3) paths.emplace_back(record.substr(3));  // "XY path"
  }
  return paths;
}

std::vector<std::string> hidden_changes(const Place& place, git_repository* repository) {
  const Libgit2& git = libgit2();
  const auto [code, index] = made<IndexHandle>(git.repository_index, repository);
  check(code, "the index can't be read");

  std::vector<std::string> paths;
  for (std::size_t i = 0; i < git.index_entrycount(index.get()); ++i) {
    const git_index_entry* const entry = git.index_get_byindex(index.get(), i);
    const bool assumed = (entry->flags & GIT_INDEX_ENTRY_VALID) != 0;
    const bool skipped = (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
    if ((assumed || skipped) && differs(place, repository, *entry, skipped)) paths.emplace_back(entry->path);
  }
  return paths;
}

Changes find_changes(const Place& place, git_repository* repository) {
  Changes changes;
  if (git_installed()) {
    changes.paths = status_of_git(place);
  } else {
    changes.paths = status_of_libgit2(repository);
    changes.warnings.emplace_back(
        "`git` is not installed: changes were looked for with libgit2, which overlooks some in a sparse checkout");
  }
  add_hidden_changes(place, repository, changes);
  std::ranges::sort(changes.paths);
  const auto twice = std::ranges::unique(changes.paths);
  changes.paths.erase(twice.begin(), twice.end());
  return changes;
}

}  // namespace mlops::git
