// The `git` command, for what libgit2 doesn't do or doesn't do right.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <mlops/support/process.hpp>

namespace mlops::git {

// Where a repository lies. Given to every command, so that no search and no GIT_DIR of a surrounding hook leads
// elsewhere.
struct Place {
  std::filesystem::path git_directory;  // of this work tree
  std::filesystem::path common;         // shared by all work trees
  std::filesystem::path root;           // of the work tree
};

// What is kept of each stream.
inline constexpr std::size_t max_git_output = std::size_t{256} << 20;

using Environment = std::vector<std::pair<std::string, std::string>>;

bool git_installed();

// Runs `git` in `directory` with the caller's configuration, but without hooks, prompts, translations or GIT_*
// variables that name another repository. Throws Error{unavailable} when git is not installed.
CapturedOutput run_git(std::vector<std::string> arguments, const std::filesystem::path& directory,
                       const Environment& environment = {});

// The same with the repository and its work tree named.
CapturedOutput run_git_at(const Place& place, std::vector<std::string> arguments, const Environment& environment = {});

// What git wrote about its failure: its last "fatal:" or "error:" line without that word, else its last line.
std::string git_complaint(const CapturedOutput& output);

// Throws Error{failed} "`what`: <git's complaint>" unless git exited with 0.
void check_git(const CapturedOutput& output, std::string_view what);

}  // namespace mlops::git
