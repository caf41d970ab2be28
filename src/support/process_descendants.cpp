#include "process_descendants.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

// A kernel built without these lists has nothing to tell.
std::vector<pid_t> children_now() {
  std::vector<pid_t> children;
  std::error_code none;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task", none}) {
    try {
      for (const std::string& word : split(trim(read_file(task.path() / "children")), ' ')) {
        if (const auto pid = parse_integer(word)) children.push_back(static_cast<pid_t>(*pid));
      }
    } catch (const Error&) {
      continue;
    }
  }
  return children;
}

}  // namespace

Descendants::Descendants(bool wanted) : wanted_{wanted} {
  if (!wanted_) return;
  before_ = children_now();
  wanted_ = ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

Descendants::~Descendants() {
  if (wanted_) ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

std::size_t Descendants::end_all() {
  std::size_t count = 0;
  if (!wanted_) return count;
  constexpr int most_generations = 1000;
  for (int generation = 0; generation < most_generations; ++generation) {
    bool found = false;
    for (const pid_t pid : children_now()) {
      if (std::ranges::find(before_, pid) != before_.end()) continue;
      found = true;
      if (::waitpid(pid, nullptr, WNOHANG) == pid) continue;  // it had ended by itself
      ++count;
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    if (!found) break;
  }
  return count;
}

}  // namespace mlops
