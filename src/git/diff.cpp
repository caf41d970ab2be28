#include "diff.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "status.hpp"

namespace mlops::git {

namespace {

constexpr std::uint64_t max_untracked_bytes = 10'000'000;
constexpr std::size_t paths_per_command = 500;

enum class Objects { scratch, kept };

// An index of our own, and an object store too unless the objects are to be kept, so that `git add` writes into nothing
// of the user's.
class ScratchIndex {
 public:
  explicit ScratchIndex(const Place& place, Objects objects = Objects::scratch)
      : place_{place}, folder_{std::filesystem::temp_directory_path(), "mlops-diff-"} {
    const auto index = place.git_directory / "index";
    if (std::filesystem::exists(index)) std::filesystem::copy_file(index, folder_.path() / "index");
    environment_ = {{"GIT_INDEX_FILE", (folder_.path() / "index").string()}};
    if (objects == Objects::kept) return;
    const auto folder = folder_.path() / "objects";
    std::filesystem::create_directory(folder);
    environment_.emplace_back("GIT_OBJECT_DIRECTORY", folder.string());
    environment_.emplace_back("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted((place.common / "objects").string()));
  }

  CapturedOutput run(std::vector<std::string> arguments, const Environment& more = {}) const {
    Environment all = environment_;
    all.insert(all.end(), more.begin(), more.end());
    return run_git_at(place_, std::move(arguments), all);
  }

  // Lets `git add` look at these paths in spite of their marks in the index. git takes one kind of mark per call.
  void unhide(const std::vector<std::string>& paths) const {
    for (std::size_t first = 0; first < paths.size(); first += paths_per_command) {
      const std::size_t last = std::min(first + paths_per_command, paths.size());
      for (const char* const mark : {"--no-assume-unchanged", "--no-skip-worktree"}) {
        std::vector<std::string> arguments{"update-index", mark, "--"};
        arguments.insert(arguments.end(), paths.begin() + static_cast<std::ptrdiff_t>(first),
                         paths.begin() + static_cast<std::ptrdiff_t>(last));
        check_git(run(std::move(arguments)), "hidden changes can't be read");
      }
    }
  }

 private:
  // A path list is split at ':' unless its items are quoted as in C.
  static std::string quoted(const std::string& path) {
    std::string text = "\"";
    for (const char c : path) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text + '"';
  }

  const Place& place_;
  TemporaryDirectory folder_;
  Environment environment_;
};

std::uint64_t untracked_bytes(const Place& place) {
  const CapturedOutput output = run_git_at(place, {"ls-files", "--others", "--exclude-standard", "-z"});
  check_git(output, fmt::format("untracked files of `{}` can't be listed", place.root.string()));
  std::uint64_t total = 0;
  for (const std::string& path : split(output.out, '\0')) {
    std::error_code unreadable;  // `git add` will complain about it
    const auto file = place.root / path;
    if (path.empty() || !std::filesystem::is_regular_file(std::filesystem::symlink_status(file, unreadable))) continue;
    const auto size = std::filesystem::file_size(file, unreadable);
    if (!unreadable) total += size;
  }
  return total;
}

std::string as_notes(std::string_view lines) {
  std::string notes;
  for (const std::string& line : split(lines, '\n')) {
    if (!line.empty()) notes += fmt::format("# {}\n", printable(line));
  }
  return notes;
}

// Git's settings must not change what the same tree gives.
std::vector<std::string> diff_command() {
  return {"-c",
          "diff.suppressBlankEmpty=false",
          "diff",
          "--cached",
          "--binary",
          "--no-ext-diff",
          "--no-textconv",
          "--no-color",
          "--no-renames",
          "--no-relative",
          "--src-prefix=a/",
          "--dst-prefix=b/",
          "-U3",
          "--inter-hunk-context=0",
          "--diff-algorithm=myers",
          "--submodule=short",
          "--ignore-submodules=none",
          "-O/dev/null"};
}

// Puts the work tree into the index; in words what had to be left out.
std::string stage_all(const ScratchIndex& index, const Place& place, git_repository* repository) {
  std::string notes;
  try {
    index.unhide(hidden_changes(place, repository));
  } catch (const Error& error) {
    notes += as_notes(fmt::format("files that git was told to assume unchanged are left out: {}", error.message()));
  }

  const std::uint64_t untracked = untracked_bytes(place);
  const bool with_untracked = untracked <= max_untracked_bytes;
  if (!with_untracked) {
    notes += as_notes(fmt::format("untracked files are left out: {}, more than {}", bytes_text(untracked),
                                  bytes_text(max_untracked_bytes)));
  }
  const CapturedOutput added =
      index.run({"-c", "core.safecrlf=false", "-c", "advice.addEmbeddedRepo=false", "add", "--sparse",
                 "--ignore-errors", with_untracked ? "--all" : "--update", "--", "."});
  // With --ignore-errors git exits with 1 when it had to leave something out.
  if (added.result.exit_code == 1) notes += as_notes(added.err);
  if (added.result.exit_code > 1)
    check_git(added, fmt::format("the changes in `{}` can't be read", place.root.string()));
  return notes;
}

}  // namespace

std::string working_diff(const Place& place, git_repository* repository) {
  const ScratchIndex index{place};
  const std::string notes = stage_all(index, place, repository);
  CapturedOutput diff = index.run(diff_command());
  check_git(diff, fmt::format("`git diff` failed in `{}`", place.root.string()));
  if (diff.out.size() >= max_git_output) {
    throw Error{ErrorKind::failed,
                fmt::format("the changes in `{}` take more than {}", place.root.string(), bytes_text(max_git_output)),
                {"commit them, or add large files to `.gitignore`"}};
  }
  return notes + diff.out;
}

std::string snapshot_commit(const Place& place, git_repository* repository, const std::string& message,
                            const std::string& name, const std::string& email) {
  const ScratchIndex index{place, Objects::kept};
  stage_all(index, place, repository);
  const CapturedOutput tree = index.run({"write-tree"});
  check_git(tree, "the changes can't be kept as a tree");
  const CapturedOutput commit = index.run({"commit-tree", "-p", "HEAD", "-m", message, std::string{trim(tree.out)}},
                                          {{"GIT_AUTHOR_NAME", name},
                                           {"GIT_AUTHOR_EMAIL", email},
                                           {"GIT_COMMITTER_NAME", name},
                                           {"GIT_COMMITTER_EMAIL", email}});
  check_git(commit, "the changes can't be kept as a commit");
  return std::string{trim(commit.out)};
}

}  // namespace mlops::git
