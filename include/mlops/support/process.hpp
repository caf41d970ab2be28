// Child processes: an argv array, never a shell.
#pragma once

#include <chrono>
#include <cstdint>
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
  std::optional<std::string> input = {};  // what it reads on stdin; nullopt: nothing, as of /dev/null
  // Called with each piece of output as it arrives; is_stderr tells the stream. Empty: output is dropped.
  std::function<void(std::string_view bytes, bool is_stderr)> on_output = {};
  // True while the child should be stopped (a Ctrl-C was seen): its process group gets stop_signal, SIGTERM when half
  // of the grace is over, and SIGKILL after it, or as soon as should_kill is true.
  std::function<bool()> should_stop = {};
  std::function<bool()> should_kill = {};
  std::function<int()> stop_signal = {};  // empty: SIGTERM
  std::chrono::milliseconds grace = std::chrono::seconds{5};
  std::function<void(std::int64_t pid)> on_start = {};
  // The only variables of the caller's that are handed on, besides `environment`; nullopt: all.
  std::optional<std::vector<std::string>> inherited = {};
  // Whether descendants that left the process group are ended too. While the child runs, orphans among its descendants
  // become children of this process; for programs with one child at a time.
  bool end_descendants = false;
  // The same for programs with several children at a time: the name of a variable in `environment` whose value no other
  // child has. Descendants are known by it; those that were started without it are not found.
  std::string descendants_have = {};
};

struct ProcessResult {
  int exit_code = 0;  // 128 + signal when a signal ended it
  int signal = 0;     // 0 when it exited by itself
  bool timed_out = false;
  bool stopped = false;                // by should_stop
  std::int64_t cpu_ms = 0;             // user and system, of the child and what it waited for
  std::int64_t peak_memory_bytes = 0;  // of the largest of them
  std::size_t left_behind = 0;         // processes outside its group that it left running, which were ended
};

// Runs the child in its own process group and waits for it; nothing of the group is
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
