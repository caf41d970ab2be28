#include "command.hpp"

#include <array>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::git {

namespace {

// What `git rev-parse --local-env-vars` lists, apart from configuration, and what changes the text of a diff.
constexpr std::array<std::string_view, 14> misleading_variables{"GIT_DIR",
                                                                "GIT_WORK_TREE",
                                                                "GIT_INDEX_FILE",
                                                                "GIT_OBJECT_DIRECTORY",
                                                                "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                                                "GIT_COMMON_DIR",
                                                                "GIT_PREFIX",
                                                                "GIT_IMPLICIT_WORK_TREE",
                                                                "GIT_GRAFT_FILE",
                                                                "GIT_NO_REPLACE_OBJECTS",
                                                                "GIT_SHALLOW_FILE",
                                                                "GIT_NAMESPACE",
                                                                "GIT_DIFF_OPTS",
                                                                "GIT_EXTERNAL_DIFF"};

constexpr std::array<std::string_view, 6> settings{"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
                                                   "-c", "core.splitIndex=false"};

}  // namespace

bool git_installed() { return find_executable("git").has_value(); }

CapturedOutput run_git(std::vector<std::string> arguments, const std::filesystem::path& directory,
                       const Environment& environment) {
  const auto git = find_executable("git");
  if (!git) throw Error{ErrorKind::unavailable, "`git` is not installed", {"install Debian's package `git`"}};

  ProcessRequest request;
  request.argv = {"env"};
  for (const std::string_view name : misleading_variables) {
    request.argv.insert(request.argv.end(), {"-u", std::string{name}});
  }
  // `env` itself sets what replaces a variable that it has just removed.
  for (const auto& [name, value] : environment) request.argv.push_back(fmt::format("{}={}", name, value));
  request.argv.push_back(git->string());
  request.argv.insert(request.argv.end(), settings.begin(), settings.end());
  request.argv.insert(request.argv.end(), std::make_move_iterator(arguments.begin()),
                      std::make_move_iterator(arguments.end()));
  request.directory = directory;
  request.environment = {{"LC_ALL", "C"}, {"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_TERMINAL_PROMPT", "0"}};
  return capture_process(std::move(request), max_git_output);
}

CapturedOutput run_git_at(const Place& place, std::vector<std::string> arguments, const Environment& environment) {
  std::vector<std::string> all{"--git-dir=" + place.git_directory.string(), "--work-tree=" + place.root.string()};
  all.insert(all.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  return run_git(std::move(all), place.root, environment);
}

std::string git_complaint(const CapturedOutput& output) {
  std::string last;
  std::string complaint;
  for (const std::string& line : split(output.err, '\n')) {
    const std::string_view text = trim(line);
    if (text.empty()) continue;
    last = text;
    for (const std::string_view mark : {"fatal: ", "error: "}) {
      if (text.starts_with(mark)) complaint = text.substr(mark.size());
    }
  }
  if (!complaint.empty()) return printable(complaint);
  return last.empty() ? fmt::format("git exited with {}", output.result.exit_code) : printable(last);
}

void check_git(const CapturedOutput& output, std::string_view what) {
  if (output.result.exit_code == 0) return;
  throw Error{ErrorKind::failed, fmt::format("{}: {}", what, git_complaint(output))};
}

}  // namespace mlops::git
