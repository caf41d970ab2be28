#include "open.hpp"

#include <array>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "command.hpp"

namespace mlops::git {

namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

// Whether it is worth loading libgit2 at all.
bool may_have_repository(const fs::path& directory) {
  for (fs::path folder = directory;; folder = folder.parent_path()) {
    if (is_there(folder / ".git") || (is_there(folder / "HEAD") && is_there(folder / "objects"))) return true;
    if (folder == folder.parent_path()) return false;
  }
}

// Extensions that don't change anything that is read here; git itself is asked for what a work tree's own configuration
// rules.
void accept_harmless_extensions(const Libgit2& git) {
  std::array<const char*, 1> extensions{"worktreeconfig"};
  check(git.libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size()), "libgit2 can't be set up");
}

Made<RepositoryHandle> open_at(const fs::path& directory) {
  const Libgit2& git = libgit2();
  accept_harmless_extensions(git);
  return made<RepositoryHandle>(git.repository_open_ext, directory.c_str(), 0U, nullptr);
}

// git knows more rules than libgit2 1.5 about whom to trust (safe.directory = *, a sudo's user).
Made<RepositoryHandle> open_at_trusted(const fs::path& directory) {
  const Libgit2& git = libgit2();
  check(git.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0), "libgit2 can't be set up");
  auto opened = open_at(directory);
  check(git.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1), "libgit2 can't be set up");
  return opened;
}

std::string unreadable_reason(std::string_view message) {
  if (message.find("objectformat") != std::string_view::npos)
    return "its objects are named by SHA-256, which libgit2 can't read";
  constexpr std::string_view extension = "extensions.";
  if (const auto at = message.find(extension); at != std::string_view::npos) {
    return fmt::format("it uses git's extension `{}`, which libgit2 can't read", message.substr(at + extension.size()));
  }
  return std::string{message};
}

Error unreadable(const fs::path& place, std::string_view reason) {
  return {ErrorKind::failed, fmt::format("the git repository around `{}` can't be read: {}", place.string(), reason)};
}

// libgit2 found nothing, or something of another owner, where there seems to be a repository: git has the last word.
RepositoryHandle second_opinion(const fs::path& directory, bool foreign, const std::string& message) {
  if (!git_installed()) {
    if (!foreign) return {};
    throw unreadable(directory, "it belongs to another user");
  }
  const CapturedOutput answer = run_git({"rev-parse", "--git-dir"}, directory);
  if (answer.result.exit_code == 0) {
    auto [code, repository] = open_at_trusted(directory);
    if (code == 0) return std::move(repository);
    throw unreadable(directory, unreadable_reason(last_message()));
  }
  if (answer.err.find("dubious ownership") != std::string::npos) {
    throw unreadable(directory, "it belongs to another user")
        .hint(fmt::format("if you trust it: `git config --global --add safe.directory {}`", directory.string()));
  }
  if (answer.err.find("not a git repository (or any") != std::string::npos) return {};
  throw unreadable(directory, foreign ? message : git_complaint(answer));
}

}  // namespace

RepositoryHandle find_repository(const fs::path& directory) {
  const fs::path start = fs::weakly_canonical(directory);
  if (!may_have_repository(start)) return {};

  auto [code, repository] = open_at(start);
  if (code == GIT_ENOTFOUND || code == GIT_EOWNER) {
    const std::string message = last_message();
    const bool foreign = code == GIT_EOWNER || message.find("safe.directory") != std::string::npos;
    repository = second_opinion(start, foreign, message);
    if (!repository) return {};
  } else if (code != 0) {
    throw unreadable(start, unreadable_reason(last_message()));
  }
  if (libgit2().repository_is_bare(repository.get()) != 0) {
    throw Error{ErrorKind::failed,
                fmt::format("`{}` is in a bare git repository, which has no work tree", start.string()),
                {"run this in a clone of it"}};
  }
  return std::move(repository);
}

}  // namespace mlops::git
