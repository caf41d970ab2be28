#include <mlops/git/repository.hpp>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "command.hpp"
#include "libgit2.hpp"

namespace mlops::git {

namespace {

std::optional<std::string> libgit2_version() {
  try {
    int major = 0;
    int minor = 0;
    int revision = 0;
    libgit2().libgit2_version(&major, &minor, &revision);
    return fmt::format("{}.{}.{}", major, minor, revision);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::string> git_version() {
  try {
    const CapturedOutput output = run_git({"--version"}, {});
    constexpr std::string_view lead = "git version ";
    const std::string_view text = trim(output.out);
    if (output.result.exit_code != 0 || !text.starts_with(lead)) return std::nullopt;
    return std::string{text.substr(lead.size())};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

GitSupport git_support() { return {.libgit2 = libgit2_version(), .git = git_version()}; }

}  // namespace mlops::git
