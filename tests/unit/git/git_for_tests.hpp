// Real git repositories in temporary folders, out of reach of the configuration of whoever runs the tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <mlops/git/repository.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>

namespace mlops::git::testing {

// Sets a variable of this process, "" to remove it, until the value goes.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_{std::move(name)} {
    if (const char* const before = std::getenv(name_.c_str())) before_ = before;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(before_); }

 private:
  void set(const std::string& value) const {
    value.empty() ? unsetenv(name_.c_str()) : setenv(name_.c_str(), value.c_str(), 1);
  }

  std::string name_;
  std::string before_;
};

inline void write(const std::filesystem::path& file, const std::string& content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << content;
}

inline std::string read(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// A folder for one test; the first one takes this process away from the user's configuration, before libgit2 is loaded.
class Sandbox {
 public:
  Sandbox() : folder_{std::filesystem::canonical(std::filesystem::temp_directory_path()), "mlops-git-test-"} {
    setenv("HOME", "/nonexistent", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    unsetenv("XDG_CONFIG_HOME");
    for (const char* const who : {"AUTHOR", "COMMITTER"}) {
      const std::string prefix = std::string{"GIT_"} + who;
      setenv((prefix + "_NAME").c_str(), "Ada", 1);
      setenv((prefix + "_EMAIL").c_str(), "ada@example.org", 1);
      setenv((prefix + "_DATE").c_str(), "1767225600 +0000", 1);  // 2026-01-01T00:00:00Z
    }
  }

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  // What git printed, without the last line's end. Throws when it failed.
  static std::string git(const std::filesystem::path& directory, const std::vector<std::string>& arguments) {
    ProcessRequest request{.argv = {"git"}, .directory = directory};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    CapturedOutput output = capture_process(request);
    if (output.result.exit_code != 0) throw std::runtime_error{"git " + arguments.front() + ": " + output.err};
    if (output.out.ends_with('\n')) output.out.pop_back();
    return output.out;
  }

 private:
  TemporaryDirectory folder_;
};

// A repository in "repo" of a sandbox, on branch main, with `train.py` and `data/train.csv` in its first commit.
class SampleRepository : public Sandbox {
 public:
  SampleRepository() : root_{path() / "repo"} {
    std::filesystem::create_directory(root_);
    git({"init", "--quiet", "--initial-branch=main"});
    write(root_ / "train.py", "print('training')\n");
    write(root_ / "data/train.csv", "x,y\n1,2\n");
    commit_all("first");
  }

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  std::string git(const std::vector<std::string>& arguments) const { return Sandbox::git(root_, arguments); }

  std::string commit_all(const std::string& message) const {
    git({"add", "--all"});
    git({"commit", "--quiet", "--message", message});
    return git({"rev-parse", "HEAD"});
  }

  [[nodiscard]] std::unique_ptr<Repository> open() const { return open_repository(root_); }
  [[nodiscard]] WorkingState state() const { return open()->working_state(root_).value(); }

  // All that a command of ours must leave as it is.
  [[nodiscard]] std::string everything() const {
    return git({"status", "--porcelain", "--untracked-files=all"}) + "\n" + git({"for-each-ref"}) + "\n" +
           git({"stash", "list"}) + "\n" + git({"symbolic-ref", "HEAD"}) + "\n" + git({"worktree", "list"}) + "\n" +
           git({"config", "--local", "--list"}) + "\n" + git({"count-objects", "-v"}) + read(root_ / ".git/index");
  }

 private:
  std::filesystem::path root_;
};

}  // namespace mlops::git::testing
