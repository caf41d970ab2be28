#include <mlops/runners/runner.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <limits>

#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::runners {

namespace {

// A process that has ended stays a zombie until its parent asks for its exit code.
bool is_zombie(std::int64_t pid) {
  try {
    const std::string stat = read_file(fmt::format("/proc/{}/stat", pid));
    const auto name_end = stat.rfind(") ");
    return name_end != std::string::npos && stat.substr(name_end + 2).starts_with('Z');
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : std::string{"unknown"};
}

bool process_alive(std::int64_t pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
  const bool exists = kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
  return exists && !is_zombie(pid);
}

}  // namespace mlops::runners
