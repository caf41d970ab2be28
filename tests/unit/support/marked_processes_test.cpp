#include <mlops/support/marked_processes.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

using namespace mlops;

namespace {

// The numbers of three processes: one in a session of its own, its child, and one without the variable.
std::vector<std::string> start_three(const std::string& mark) {
  const TemporaryDirectory folder{std::filesystem::temp_directory_path(), "mlops-test-"};
  const CapturedOutput started = capture_process({.argv = {"sh", "-c", R"sh(
setsid sh -c 'echo $$; sh -c "echo \$\$; exec sleep 1000" &
  env -u MLOPS_TEST_MARK setsid sh -c "echo \$\$; exec sleep 1000" & wait' >pids 2>&1 &
until [ "$(wc -l <pids)" = 3 ]; do :; done
cat pids
)sh"},
                                                  .directory = folder.path(),
                                                  .environment = {{"MLOPS_TEST_MARK", mark}}});
  return split(trim(started.out), '\n');
}

bool is_running(const std::string& pid) {
  try {
    const std::string stat = read_file("/proc/" + pid + "/stat");
    return stat.find(") Z ") == std::string::npos;
  } catch (const Error&) {
    return false;
  }
}

// The second to start may tell its number before the first.
int running_of(const std::vector<std::string>& pids) {
  int count = 0;
  for (const std::string& pid : pids) count += is_running(pid) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("processes are ended by what they have in their environment, wherever they went") {
  const std::string mark = "marked by " + std::to_string(::getpid());
  const auto pids = start_three(mark);
  REQUIRE(pids.size() == 3);
  CHECK(end_processes_with("MLOPS_TEST_MARK", mark.substr(1)) == 0);
  CHECK(end_processes_with("MLOPS_TEST_MARK", mark + "0") == 0);
  CHECK(end_processes_with("TEST_MARK", mark) == 0);
  CHECK(running_of(pids) == 3);
  CHECK(end_processes_with("MLOPS_TEST_MARK", mark) == 2);
  CHECK(running_of(pids) == 1);
  CHECK(end_processes_with("MLOPS_TEST_MARK", mark) == 0);
  for (const std::string& pid : pids) {
    if (is_running(pid)) ::kill(static_cast<pid_t>(parse_integer(pid).value()), SIGKILL);
  }
}
