#include "worktree.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

#include "lfs.hpp"

namespace mlops::git {

namespace {

constexpr std::string_view name_prefix = "mlops-tree-";

CapturedOutput run_worktree_command(const Place& place, std::vector<std::string> arguments) {
  // The user's tree may be sparse; a tree to train in has every file of its commit.
  arguments.insert(arguments.begin(),
                   {"--git-dir=" + place.common.string(), "-c", "core.sparseCheckout=false", "worktree"});
  return run_git(std::move(arguments), place.common);
}

// Forced twice, because the tree is locked; works as well when its folder is gone.
void remove_worktree(const Place& place, const std::filesystem::path& path) {
  run_worktree_command(place, {"remove", "--force", "--force", "--", path.string()});
}

// git names the submodule only in the middle of what it writes.
std::string submodule_complaint(const CapturedOutput& output, const std::filesystem::path& tree) {
  for (const std::string& line : split(output.err, '\n')) {
    const auto place = line.find("submodule path '");
    if (place == std::string::npos) continue;
    const std::string rest = line.substr(place + std::string_view{"submodule path '"}.size());
    const std::filesystem::path path = rest.substr(0, rest.find('\''));
    const std::string name = (path.is_absolute() ? path.lexically_relative(tree) : path).string();
    return fmt::format("submodule `{}` can't be checked out: {}", printable(name), git_complaint(output));
  }
  return fmt::format("submodules can't be checked out: {}", git_complaint(output));
}

std::map<std::string, std::string> checked_out_submodules(const std::filesystem::path& tree) {
  std::map<std::string, std::string> submodules;
  const CapturedOutput output = run_git({"submodule", "status", "--recursive"}, tree);
  for (const std::string& line : split(output.out, '\n')) {
    // " <id> <path> (<describe>)"
    const std::vector<std::string> words = split(trim(line), ' ');
    if (words.size() >= 2) submodules.emplace(words[1], words[0]);
  }
  return submodules;
}

std::map<std::string, std::string> check_out_submodules(const std::filesystem::path& tree) {
  const CapturedOutput output = run_git({"submodule", "update", "--init", "--recursive"}, tree);
  if (output.result.exit_code == 0) return checked_out_submodules(tree);
  throw Error{ErrorKind::failed,
              submodule_complaint(output, tree),
              {"try `git submodule update --init --recursive` in your own tree"}};
}

class DetachedWorktree final : public Worktree {
 public:
  DetachedWorktree(Place place, std::filesystem::path path) : place_{std::move(place)}, path_{std::move(path)} {}
  DetachedWorktree(const DetachedWorktree&) = delete;
  DetachedWorktree& operator=(const DetachedWorktree&) = delete;

  // git forgets the tree; whatever it could not remove, or had not made yet, goes after it.
  ~DetachedWorktree() override {
    if (kept_) return;
    std::error_code ignored;
    try {
      remove_worktree(place_, path_);
      std::filesystem::remove_all(path_, ignored);
    } catch (...) {
      // A destructor can't tell; what git still has recorded the next prune_worktrees() takes out.
      std::filesystem::remove_all(path_, ignored);
    }
  }

  [[nodiscard]] const std::filesystem::path& path() const override { return path_; }
  [[nodiscard]] const std::map<std::string, std::string>& submodules() const override { return submodules_; }
  [[nodiscard]] const std::map<std::string, std::string>& lfs_files() const override { return lfs_files_; }

  void apply(std::string_view diff) override {
    const TemporaryDirectory scratch{path_.parent_path(), "mlops-patch-"};
    const std::filesystem::path patch = scratch.path() / "diff";
    write_file_atomic(patch, diff);
    check_git(run_git({"apply", "--binary", "--whitespace=nowarn", "--", patch.string()}, path_),
              "the recorded changes can't be applied");
  }

  void keep() override { kept_ = true; }
  void discard() override { kept_ = false; }

  void complete(bool has_submodules) {
    if (has_submodules) submodules_ = check_out_submodules(path_);
    lfs_files_ = fill_lfs_files(place_, path_);
  }

 private:
  Place place_;
  std::filesystem::path path_;
  std::map<std::string, std::string> submodules_;
  std::map<std::string, std::string> lfs_files_;
  bool kept_ = false;
};

std::string first_line_of(const std::filesystem::path& file) {
  try {
    const std::string content = read_file(file);
    return content.substr(0, content.find('\n'));
  } catch (const Error&) {
    return {};
  }
}

bool is_ours(const std::filesystem::path& administration, const std::filesystem::path& tree) {
  return first_line_of(administration / "locked").starts_with("mlops ") &&
         tree.filename().string().starts_with(name_prefix);
}

// git takes less to make one or to remove it.
bool was_left_alone(const std::filesystem::path& administration) {
  constexpr auto long_enough = std::chrono::minutes{1};
  std::error_code unreadable;
  const auto changed = std::filesystem::last_write_time(administration, unreadable);
  return !unreadable && std::filesystem::file_time_type::clock::now() - changed > long_enough;
}

// `tree` is empty where git was killed before it could write down where it is, or after it had forgotten that.
bool is_abandoned(const std::filesystem::path& administration, const std::filesystem::path& tree) {
  if (!administration.filename().string().starts_with(name_prefix)) return false;
  const std::string owner = first_line_of(administration / "locked");
  if (process_is_gone(owner)) return true;
  if (!owner.empty() && !owner.starts_with("mlops ")) return false;  // a person's lock
  std::error_code unreadable;
  const bool has_folder = !tree.empty() && (std::filesystem::exists(tree, unreadable) || unreadable);
  return !has_folder && was_left_alone(administration);
}

bool is_below(const std::filesystem::path& path, const std::vector<std::filesystem::path>& folders) {
  return std::ranges::any_of(folders,
                             [&](const std::filesystem::path& folder) { return path.parent_path() == folder; });
}

bool is_anywhere_below(std::filesystem::path path, const std::vector<std::filesystem::path>& folders) {
  for (; path != path.parent_path(); path = path.parent_path()) {
    if (std::ranges::find(folders, path) != folders.end()) return true;
  }
  return false;
}

// Calls `visit` with the administration and the folder of each linked tree.
void for_each_tree(const Place& place,
                   const std::function<void(const std::filesystem::path&, const std::filesystem::path&)>& visit) {
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator{place.common / "worktrees", absent}) {
    visit(entry.path(), std::filesystem::path{first_line_of(entry.path() / "gitdir")}.parent_path());
  }
}

}  // namespace

std::unique_ptr<Worktree> make_worktree(const Place& place, const std::string& commit, bool has_submodules,
                                        const std::filesystem::path& parent) {
  make_directories(parent);
  TemporaryDirectory folder{std::filesystem::canonical(parent), name_prefix};
  auto tree = std::make_unique<DetachedWorktree>(place, folder.path());
  folder.keep();
  const CapturedOutput added = run_worktree_command(
      place, {"add", "--quiet", "--detach", "--lock", "--reason", process_mark(), "--", tree->path().string(), commit});
  check_git(added, fmt::format("commit {} can't be checked out", commit.substr(0, 12)));
  tree->complete(has_submodules);
  return tree;
}

std::unique_ptr<Worktree> take_over_worktree(const Place& place, const std::filesystem::path& parent) {
  std::unique_ptr<Worktree> found;
  for_each_tree(place, [&](const std::filesystem::path& administration, const std::filesystem::path& tree) {
    if (found || !is_below(tree, {parent}) || !is_ours(administration, tree) || !std::filesystem::exists(tree)) return;
    write_file_atomic(administration / "locked", process_mark());
    found = std::make_unique<DetachedWorktree>(place, tree);
  });
  return found;
}

void remove_abandoned_worktrees(const Place& place, const std::vector<std::filesystem::path>& kept) {
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> abandoned;
  for_each_tree(place, [&](const std::filesystem::path& administration, const std::filesystem::path& tree) {
    if (!is_anywhere_below(tree, kept) && is_abandoned(administration, tree)) {
      abandoned.emplace_back(administration, tree);
    }
  });
  for (const auto& [administration, tree] : abandoned) {
    remove_worktree(place, tree);
    // git refuses to look at any tree while one is half written, and fails in all that has to do with trees.
    std::error_code ignored;
    std::filesystem::remove_all(administration, ignored);
    if (tree.filename().string().starts_with(name_prefix)) std::filesystem::remove_all(tree, ignored);
  }
}

}  // namespace mlops::git
