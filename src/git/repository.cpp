#include <mlops/git/repository.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "command.hpp"
#include "diff.hpp"
#include "history.hpp"
#include "libgit2.hpp"
#include "open.hpp"
#include "remote_url.hpp"
#include "status.hpp"
#include "worktree.hpp"

namespace mlops::git {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_changed_paths = 1000;

fs::path folder(const char* path) {
  const fs::path folder{path};
  return folder.has_filename() ? folder : folder.parent_path();  // libgit2 ends folders with '/'
}

// "" for the root itself, and for what lies outside (a work tree that core.worktree put elsewhere).
std::string relative_path(const fs::path& directory, const fs::path& root) {
  const fs::path relative = fs::weakly_canonical(directory).lexically_relative(root);
  const bool is_below = !relative.empty() && relative != "." && *relative.begin() != "..";
  return is_below ? relative.generic_string() : std::string{};
}

class LibgitRepository final : public Repository {
 public:
  explicit LibgitRepository(RepositoryHandle repository)
      : repository_{std::move(repository)},
        place_{.git_directory = folder(git_.repository_path(repository_.get())),
               .common = folder(git_.repository_commondir(repository_.get())),
               .root = folder(git_.repository_workdir(repository_.get()))} {}

  [[nodiscard]] const fs::path& root() const override { return place_.root; }
  [[nodiscard]] const fs::path& git_directory() const override { return place_.common; }

  std::optional<WorkingState> working_state(const fs::path& directory) override;
  std::string diff() override { return working_diff(place_, repository_.get()); }
  std::optional<std::string> resolve(std::string_view name) override;
  std::optional<Blob> blob_at(std::string_view commit, std::string_view path) override;
  std::string blob_id(std::string_view content) override;
  std::optional<CommitInfo> commit(std::string_view id) override;
  std::optional<bool> reachable(std::string_view commit, std::string_view branch) override {
    return is_reachable(repository_.get(), commit, branch);
  }
  std::vector<CommitInfo> range(std::string_view from, std::string_view to, std::size_t limit) override {
    return list_range(repository_.get(), from, to, limit);
  }
  std::unique_ptr<Worktree> add_worktree(std::string_view commit, const fs::path& parent) override;
  std::unique_ptr<Worktree> adopt_worktree(const fs::path& parent) override {
    return take_over_worktree(place_, parent);
  }
  void prune_worktrees(const std::vector<fs::path>& kept) override { remove_abandoned_worktrees(place_, kept); }
  std::string snapshot(const std::string& message) override;
  void hold(const std::string& reference, const std::string& commit) override {
    check_git(run_git_at(place_, {"update-ref", reference, commit}), fmt::format("`{}` can't be written", reference));
  }
  std::optional<Identity> user() override;

 private:
  [[nodiscard]] std::optional<std::string> setting(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> remote_of(const std::optional<std::string>& branch) const;
  [[nodiscard]] std::optional<std::string> address_of(const std::string& remote) const;
  [[nodiscard]] git_oid known_commit(std::string_view name) const;

  const Libgit2& git_ = libgit2();
  RepositoryHandle repository_;
  Place place_;
};

std::optional<WorkingState> LibgitRepository::working_state(const fs::path& directory) {
  const auto [code, head] = made<ReferenceHandle>(git_.repository_head, repository_.get());
  if (code == GIT_EUNBORNBRANCH) return std::nullopt;
  check(code, fmt::format("HEAD of `{}` can't be read", place_.root.string()));

  WorkingState working;
  working.state.commit = hex(*git_.reference_target(head.get()));
  if (git_.reference_is_branch(head.get()) != 0) working.state.branch = git_.reference_shorthand(head.get());
  working.state.remote = remote_of(working.state.branch);
  working.state.path = relative_path(directory, place_.root);

  Changes changes = find_changes(place_, repository_.get());
  working.state.dirty = !changes.paths.empty();
  working.changed = std::move(changes.paths);
  working.changed.resize(std::min(working.changed.size(), max_changed_paths));
  working.warnings = std::move(changes.warnings);
  return working;
}

std::optional<std::string> LibgitRepository::resolve(std::string_view name) {
  const auto id = find_commit(repository_.get(), name);
  return id ? std::optional{hex(*id)} : std::nullopt;
}

std::optional<Blob> LibgitRepository::blob_at(std::string_view commit, std::string_view path) {
  const git_oid id = known_commit(commit);
  const auto where = [&] { return fmt::format("`{}` of commit {}", printable(path), hex(id).substr(0, 12)); };
  const auto [found, object] = made<CommitHandle>(git_.commit_lookup, repository_.get(), &id);
  check(found, fmt::format("commit {} can't be read", hex(id)));
  const auto [rooted, tree] = made<TreeHandle>(git_.commit_tree, object.get());
  check(rooted, fmt::format("the files of commit {} can't be read", hex(id)));
  const auto [code, entry] = made<TreeEntryHandle>(git_.tree_entry_bypath, tree.get(), std::string{path}.c_str());
  if (code == GIT_ENOTFOUND || path.empty()) return std::nullopt;
  check(code, fmt::format("{} can't be read", where()));

  const git_filemode_t mode = git_.tree_entry_filemode(entry.get());
  if (mode == GIT_FILEMODE_TREE || mode == GIT_FILEMODE_COMMIT) return std::nullopt;
  if (mode == GIT_FILEMODE_LINK) {
    throw Error{ErrorKind::failed, fmt::format("{} is a symbolic link, which is not followed in a commit", where())};
  }
  const git_oid* const blob_id = git_.tree_entry_id(entry.get());
  const auto [read, blob] = made<BlobHandle>(git_.blob_lookup, repository_.get(), blob_id);
  if (read == GIT_ENOTFOUND) {
    throw Error{ErrorKind::failed,
                fmt::format("{} is not in this clone, which is a partial one", where()),
                {fmt::format("`git cat-file -t {}` fetches it", hex(*blob_id))}};
  }
  check(read, fmt::format("{} can't be read", where()));
  return Blob{.id = hex(*blob_id),
              .content = std::string(static_cast<const char*>(git_.blob_rawcontent(blob.get())),
                                     static_cast<std::size_t>(git_.blob_rawsize(blob.get())))};
}

std::string LibgitRepository::blob_id(std::string_view content) {
  git_oid id;
  check(git_.odb_hash(&id, content.data(), content.size(), GIT_OBJECT_BLOB), "a blob id can't be computed");
  return hex(id);
}

std::optional<CommitInfo> LibgitRepository::commit(std::string_view id) {
  const auto found = find_commit(repository_.get(), id);
  return found ? describe_commit(repository_.get(), *found) : std::nullopt;
}

std::unique_ptr<Worktree> LibgitRepository::add_worktree(std::string_view commit, const fs::path& parent) {
  const std::string id = hex(known_commit(commit));
  return make_worktree(place_, id, blob_at(id, ".gitmodules").has_value(), parent);
}

std::string LibgitRepository::snapshot(const std::string& message) {
  const Identity author = user().value_or(Identity{.name = "mlops", .email = ""});
  return snapshot_commit(place_, repository_.get(), message, author.name, author.email);
}

std::optional<Repository::Identity> LibgitRepository::user() {
  auto name = setting("user.name");
  if (!name) return std::nullopt;
  return Identity{.name = std::move(*name), .email = setting("user.email").value_or("")};
}

std::optional<std::string> LibgitRepository::setting(const std::string& name) const {
  const auto [code, config] = made<ConfigHandle>(git_.repository_config_snapshot, repository_.get());
  check(code, "git's configuration can't be read");
  const char* value = nullptr;
  if (git_.config_get_string(&value, config.get(), name.c_str()) != 0 || value == nullptr || *value == '\0')
    return std::nullopt;
  return value;
}

std::optional<std::string> LibgitRepository::remote_of(const std::optional<std::string>& branch) const {
  const auto own = branch ? setting(fmt::format("branch.{}.remote", *branch)) : std::nullopt;
  if (own && *own != ".") {
    if (auto address = address_of(*own)) return address;
  }
  return address_of("origin");
}

std::optional<std::string> LibgitRepository::address_of(const std::string& remote) const {
  const auto [code, handle] = made<RemoteHandle>(git_.remote_lookup, repository_.get(), remote.c_str());
  if (code == 0) {
    const char* const url = git_.remote_url(handle.get());
    return url != nullptr && *url != '\0' ? std::optional{without_credentials(url)} : std::nullopt;
  }
  // A branch may name an address instead of a remote.
  const bool is_address = remote.find_first_of(":/") != std::string::npos;
  return is_address ? std::optional{without_credentials(remote)} : std::nullopt;
}

git_oid LibgitRepository::known_commit(std::string_view name) const {
  if (const auto id = find_commit(repository_.get(), name)) return *id;
  std::vector<std::string> hints;
  if (git_.repository_is_shallow(repository_.get()) != 0) {
    hints.emplace_back("this clone is shallow: `git fetch --unshallow`");
  }
  throw Error{ErrorKind::not_found, fmt::format("`{}` has no commit `{}`", place_.root.string(), printable(name)),
              hints};
}

}  // namespace

std::unique_ptr<Repository> open_repository(const fs::path& directory) {
  RepositoryHandle repository = find_repository(directory);
  if (!repository) return nullptr;
  return std::make_unique<LibgitRepository>(std::move(repository));
}

}  // namespace mlops::git
