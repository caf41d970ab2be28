#include "worktree.hpp"

#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "owner.hpp"

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

class DetachedWorktree final : public Worktree {
 public:
  DetachedWorktree(Place place, const std::filesystem::path& parent)
      : place_{std::move(place)}, folder_{parent, name_prefix} {}
  DetachedWorktree(const DetachedWorktree&) = delete;
  DetachedWorktree& operator=(const DetachedWorktree&) = delete;

  // git forgets the tree; whatever it could not remove, or had not made yet, goes with folder_.
  ~DetachedWorktree() override {
    try {
      remove_worktree(place_, folder_.path());
    } catch (...) {
      return;  // a destructor can't tell; the next prune_worktrees() tries again
    }
  }

  [[nodiscard]] const std::filesystem::path& path() const override { return folder_.path(); }

  void apply(std::string_view diff) override {
    const TemporaryDirectory scratch{folder_.path().parent_path(), "mlops-patch-"};
    const std::filesystem::path patch = scratch.path() / "diff";
    write_file_atomic(patch, diff);
    check_git(run_git({"apply", "--binary", "--whitespace=nowarn", "--", patch.string()}, folder_.path()),
              "the recorded changes can't be applied");
  }

 private:
  Place place_;
  TemporaryDirectory folder_;
};

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

void check_out_submodules(const std::filesystem::path& tree) {
  const CapturedOutput output = run_git({"submodule", "update", "--init", "--recursive"}, tree);
  if (output.result.exit_code == 0) return;
  throw Error{ErrorKind::failed,
              submodule_complaint(output, tree),
              {"try `git submodule update --init --recursive` in your own tree"}};
}

std::string first_line_of(const std::filesystem::path& file) {
  try {
    const std::string content = read_file(file);
    return content.substr(0, content.find('\n'));
  } catch (const Error&) {
    return {};
  }
}

bool is_abandoned(const std::filesystem::path& administration, const std::filesystem::path& tree) {
  const std::string mark = first_line_of(administration / "locked");
  if (!mark.starts_with("mlops ") || !tree.filename().string().starts_with(name_prefix)) return false;
  std::error_code unreadable;
  const bool has_folder = std::filesystem::exists(tree, unreadable) || unreadable;
  return owner_is_gone(mark) || !has_folder;
}

}  // namespace

std::unique_ptr<Worktree> make_worktree(const Place& place, const std::string& commit, bool has_submodules,
                                        const std::filesystem::path& parent) {
  make_directories(parent);
  auto tree = std::make_unique<DetachedWorktree>(place, std::filesystem::canonical(parent));
  const CapturedOutput added = run_worktree_command(
      place, {"add", "--quiet", "--detach", "--lock", "--reason", owner_mark(), "--", tree->path().string(), commit});
  check_git(added, fmt::format("commit {} can't be checked out", commit.substr(0, 12)));
  if (has_submodules) check_out_submodules(tree->path());
  return tree;
}

void remove_abandoned_worktrees(const Place& place) {
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator{place.common / "worktrees", absent}) {
    const std::filesystem::path tree = std::filesystem::path{first_line_of(entry.path() / "gitdir")}.parent_path();
    if (is_abandoned(entry.path(), tree)) remove_worktree(place, tree);
  }
}

}  // namespace mlops::git
