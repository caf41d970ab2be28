// Git, as far as a registry needs it. libgit2 is loaded when a repository is first opened, so that other commands don't
// pay for it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/records.hpp>

namespace mlops::git {

struct Blob {
  std::string id;  // git blob id, hex
  std::string content;
};

struct CommitInfo {
  std::string id;
  std::string summary;  // first line
  std::string author;   // "Ada <ada@example.org>"
  std::int64_t seconds = 0;
};

struct WorkingState {
  domain::GitState state;  // without `diff`
  std::vector<std::string>
      changed;  // paths that are not as in HEAD, untracked ones included, relative to the repository; at most 1000
  std::vector<std::string> warnings;  // what could not be read, in words
};

// A work tree that `git worktree` made outside the user's, and removes when the value goes.
class Worktree {
 public:
  virtual ~Worktree() = default;
  [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
  // Applies what Repository::diff() made; Error{failed} with git's complaint when it doesn't fit.
  virtual void apply(std::string_view diff) = 0;
  // Of what the commit itself doesn't hold: submodules with their commits, and LFS files with their oids.
  [[nodiscard]] virtual const std::map<std::string, std::string>& submodules() const = 0;
  [[nodiscard]] virtual const std::map<std::string, std::string>& lfs_files() const = 0;
  virtual void keep() = 0;     // it stays when the value goes, for adopt_worktree()
  virtual void discard() = 0;  // it goes after all
};

class Repository {
 public:
  virtual ~Repository() = default;

  [[nodiscard]] virtual const std::filesystem::path& root() const = 0;  // of the work tree
  // The shared git folder (of the main work tree when this is a linked one).
  [[nodiscard]] virtual const std::filesystem::path& git_directory() const = 0;

  // HEAD, branch and remote, with the whole tree's dirt; `directory` gives the path. nullopt without any commit yet.
  // Dirt is what `git status` reports (libgit2 only where git is not installed, with a warning), and files marked
  // assume-unchanged or skip-worktree that differ all the same.
  virtual std::optional<WorkingState> working_state(const std::filesystem::path& directory) = 0;
  // `git diff HEAD --binary`, with untracked files included as additions (their size limited to 10 MB in all). Lines
  // that begin with
  // '#' before the first file say what had to be left out; `git apply` skips them.
  virtual std::string diff() = 0;

  // The full commit id behind a name ("HEAD", "main", "v1.0", a prefix); nullopt when there is none, Error{usage} for a
  // prefix of several.
  virtual std::optional<std::string> resolve(std::string_view name) = 0;
  // nullopt when the commit has no such file. Error{not_found} when there is no such commit, Error{failed} for a
  // symbolic link and for content that is not in a partial clone.
  virtual std::optional<Blob> blob_at(std::string_view commit, std::string_view path) = 0;
  // The id that git would give to these bytes.
  virtual std::string blob_id(std::string_view content) = 0;
  virtual std::optional<CommitInfo> commit(std::string_view id) = 0;
  // Whether `commit` is an ancestor of, or the same as, the tip of `branch` (local, else origin's); nullopt when either
  // is unknown, or the answer lies beyond a shallow clone.
  virtual std::optional<bool> reachable(std::string_view commit, std::string_view branch) = 0;
  // Commits reachable from `to` and not from `from`, newest first, at most `limit`; empty when either is unknown.
  virtual std::vector<CommitInfo> range(std::string_view from, std::string_view to, std::size_t limit) = 0;

  // A detached work tree at the commit, in a new folder below `parent` (made with mode 0700). Hooks don't run; the
  // user's tree, index, branches and stash stay as they are.
  virtual std::unique_ptr<Worktree> add_worktree(std::string_view commit, const std::filesystem::path& parent) = 0;
  // One that a process which is gone made below `parent`; nullptr when git knows of none there.
  virtual std::unique_ptr<Worktree> adopt_worktree(const std::filesystem::path& parent) = 0;
  // Forgets work trees of ours whose folder or process is gone, but for those anywhere below one of `kept`.
  virtual void prune_worktrees(const std::vector<std::filesystem::path>& kept) = 0;

  // A commit on top of HEAD with all that diff() tells, made beside index, branches and work tree; its id. It stays
  // when a reference holds it.
  virtual std::string snapshot(const std::string& message) = 0;
  virtual void hold(const std::string& reference, const std::string& commit) = 0;  // "refs/mlops/runs/12"

  struct Identity {
    std::string name;
    std::string email;
  };
  virtual std::optional<Identity> user() = 0;  // user.name and user.email of the configuration
};

// The repository around `directory`; nullptr when there is none. Error{failed} when there is one that can't be read, in
// words: foreign owner, SHA-256 object format, an unknown extension.
std::unique_ptr<Repository> open_repository(const std::filesystem::path& directory);

// "1.5.1", and what is wrong when libgit2 or git can't be used; for `doctor`.
struct GitSupport {
  std::optional<std::string> libgit2;
  std::optional<std::string> git;
};
GitSupport git_support();

}  // namespace mlops::git
