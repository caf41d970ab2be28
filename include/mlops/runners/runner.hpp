// Where a training command runs, and what is recorded of it.
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

#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::runners {

// The facts a command gets in its environment (docs/runs.md): MLOPS_RUN_ID, MLOPS_MODEL, MLOPS_PARAMS,
// MLOPS_INPUT_<NAME>, MLOPS_OUTPUT_<NAME>, MLOPS_METRICS, MLOPS_CHECKPOINT_DIR, MLOPS_SEED, PYTHONHASHSEED. NAME in
// upper case, other characters than letters and digits as '_'.
struct CommandFacts {
  std::string run_id;
  std::optional<std::string> model;
  std::filesystem::path params_file;
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;
  std::vector<std::pair<std::string, std::filesystem::path>> outputs;
  std::filesystem::path metrics_file;
  std::filesystem::path checkpoint_directory;
  std::optional<std::int64_t> seed;
};
std::vector<std::pair<std::string, std::string>> command_environment(const CommandFacts& facts);

// No two runs have the same folder of checkpoints, so that all that a run has started is known by this variable.
inline constexpr std::string_view checkpoint_variable = "MLOPS_CHECKPOINT_DIR";

struct LocalRun {
  std::vector<std::string> argv;
  std::filesystem::path directory;
  std::vector<std::pair<std::string, std::string>> environment;
  std::filesystem::path log_file;  // both streams, in the order they came, as log_lines.hpp says; appended to
  std::function<void(std::string_view bytes, bool is_stderr)> echo;  // what the person sees meanwhile; may be empty
  std::function<bool()> should_stop;
  std::function<bool()> should_kill;  // the next three as in ProcessRequest
  std::function<int()> stop_signal;
  std::chrono::milliseconds grace = std::chrono::seconds{10};
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::vector<std::string>> inherited;         // as in ProcessRequest
  std::vector<std::pair<std::string, std::string>> secrets;  // name and value; given to the command, never logged
  std::function<void(std::int64_t pid)> on_start;
  // No other command of this process runs meanwhile, so that all its descendants can be ended. Otherwise only those
  // that kept `checkpoint_variable` are.
  bool alone = true;
};

struct LocalResult {
  std::optional<int> exit_code;  // nullopt when the command could not be started
  int signal = 0;
  bool interrupted = false;
  bool timed_out = false;
  std::string failure;  // in words, "" on success
  std::int64_t duration_ms = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t peak_memory_bytes = 0;
  std::vector<std::string> notes;  // what else is worth knowing of it
};
LocalResult run_local(const LocalRun& run);

// os, kernel, cpu model, cores, memory, GPUs and their driver, threads, and for a Python command: interpreter, its
// version and the installed packages, asked from that interpreter. What can't be found out is left out.
using Variable = std::function<std::optional<std::string>(std::string_view name)>;  // of the environment
Json describe_environment(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                          const Variable& variable = {});

// The words that start the Python a command runs on; empty for another command.
std::vector<std::string> python_command(const std::vector<std::string>& argv, const std::filesystem::path& directory);

// The text with "[NAME]" wherever the value of one of these stands.
std::string redacted(std::string_view text, const std::vector<std::pair<std::string, std::string>>& secrets);

// Host name and whether a process of this machine is alive, to find runs that will never end.
std::string host_name();
bool process_alive(std::int64_t pid);

}  // namespace mlops::runners
