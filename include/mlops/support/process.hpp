// Child processes: an argv array, never a shell.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlops {

struct ProcessRequest {
  std::vector<std::string> argv;                                      // argv[0] is looked up in PATH
  std::filesystem::path directory = {};                               // empty: the caller's
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to, or replacing, the caller's
  std::optional<std::chrono::milliseconds> timeout = {};
  // Called with each piece of output as it arrives; is_stderr tells the stream. Empty: output is dropped.
  std::function<void(std::string_view bytes, bool is_stderr)> on_output = {};
  // True while the child should be stopped (a Ctrl-C was seen): SIGTERM to its process group, SIGKILL after 5 s.
  std::function<bool()> should_stop = {};
};

struct ProcessResult {
  int exit_code = 0;  // 128 + signal when a signal ended it
  int signal = 0;     // 0 when it exited by itself
  bool timed_out = false;
  bool stopped = false;  // by should_stop
};

// Runs the child in its own process group with stdin from /dev/null and waits for it; nothing of the group is
// left behind. Throws Error{not_found} when argv[0] can't be found or executed (hint: PATH), Error{failed} when no
// process can be made.
ProcessResult run_process(const ProcessRequest& request);

struct CapturedOutput {
  ProcessResult result;
  std::string out;
  std::string err;
};
// The same, keeping at most max_bytes of each stream.
CapturedOutput capture_process(ProcessRequest request, std::size_t max_bytes = 16u << 20);

// The executable that argv0 names, as the shell would find it; nullopt when there is none.
std::optional<std::filesystem::path> find_executable(std::string_view argv0);

}  // namespace mlops
