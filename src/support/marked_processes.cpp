#include <mlops/support/marked_processes.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

namespace fs = std::filesystem;
using namespace std::literals;

// "" of one that has ended, of a zombie, and of other users' processes.
std::string environment_of(const fs::path& process) {
  constexpr std::uint64_t most = 16u << 20;
  try {
    return read_file(process / "environ", most);
  } catch (const Error&) {
    return {};
  }
}

// Each entry ends with a null byte.
bool holds(std::string_view environment, const std::string& entry) {
  for (auto at = environment.find(entry); at != std::string_view::npos; at = environment.find(entry, at + 1)) {
    if (at == 0 || environment[at - 1] == '\0') return true;
  }
  return false;
}

std::vector<pid_t> processes_with(const std::string& entry) {
  std::vector<pid_t> found;
  std::error_code failure;
  for (auto process = fs::directory_iterator{"/proc", failure}; !failure && process != fs::directory_iterator{};
       process.increment(failure)) {
    const auto pid = parse_integer(process->path().filename().string());
    if (pid && *pid != ::getpid() && holds(environment_of(process->path()), entry))
      found.push_back(static_cast<pid_t>(*pid));
  }
  return found;
}

}  // namespace

std::size_t end_processes_with(std::string_view variable, std::string_view value, pid_t uncounted) {
  std::string entry = fmt::format("{}={}", variable, value);
  entry += '\0';
  std::set<pid_t> counted;
  constexpr int most_looks = 500;  // one that hangs in the kernel does not go
  for (int look = 0; look < most_looks; ++look) {
    const std::vector<pid_t> found = processes_with(entry);
    if (found.empty()) break;
    for (const pid_t pid : found) {
      if (uncounted == 0 || ::getpgid(pid) != uncounted) counted.insert(pid);
      ::kill(pid, SIGKILL);
    }
    std::this_thread::sleep_for(1ms);
  }
  return counted.size();
}

}  // namespace mlops
