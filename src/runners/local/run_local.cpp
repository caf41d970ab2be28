#include <mlops/runners/runner.hpp>

#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

#include "local/log_writer.hpp"

namespace mlops::runners {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::string signal_text(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{} ({})", name, signal) : fmt::format("signal {}", signal);
}

std::string failure_text(const LocalRun& run, const ProcessResult& result, const LogWriter& log) {
  const std::string command = fmt::format("`{}`", printable(run.argv.front()));
  if (result.stopped) return fmt::format("{} was interrupted", command);
  if (result.timed_out) {
    return fmt::format("{} was stopped after {}, its time limit", command,
                       duration_text(run.timeout_seconds.value_or(0) * 1000));
  }
  if (result.signal != 0) return fmt::format("{} was killed by {}", command, signal_text(result.signal));
  if (result.exit_code != 0) return fmt::format("{} exited with {}", command, result.exit_code);
  if (!log.failure().empty()) return fmt::format("{} succeeded, but its log was lost: {}", command, log.failure());
  return {};
}

std::int64_t milliseconds_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start).count();
}

ProcessRequest request_of(const LocalRun& run, LogWriter& log) {
  ProcessRequest request{.argv = run.argv, .directory = run.directory, .environment = run.environment};
  for (const auto& secret : run.secrets) request.environment.push_back(secret);
  if (run.timeout_seconds) request.timeout = std::chrono::seconds{*run.timeout_seconds};
  request.on_output = [&](std::string_view bytes, bool is_stderr) { log.append(bytes, is_stderr); };
  request.should_stop = run.should_stop;
  request.should_kill = run.should_kill;
  request.stop_signal = run.stop_signal;
  request.grace = run.grace;
  request.on_start = run.on_start;
  request.inherited = run.inherited;
  request.end_descendants = run.alone;
  if (!run.alone) request.descendants_have = checkpoint_variable;
  return request;
}

void note_left_behind(std::size_t count, LogWriter& log, LocalResult& local) {
  if (count == 0) return;
  local.notes.push_back(fmt::format("{} process{} that the command left running {} ended", count,
                                    count == 1 ? "" : "es", count == 1 ? "was" : "were"));
  log.remark(local.notes.back());
}

}  // namespace

LocalResult run_local(const LocalRun& run) {
  if (run.argv.empty()) throw Error{ErrorKind::usage, "there is no command to run"};
  LogWriter log{run.log_file, Redaction{run.secrets}, run.echo};
  LocalResult local;
  const auto start = SteadyClock::now();
  try {
    const ProcessResult result = run_process(request_of(run, log));
    local.exit_code = result.exit_code;
    local.signal = result.signal;
    local.interrupted = result.stopped;
    local.timed_out = result.timed_out;
    local.cpu_ms = result.cpu_ms;
    local.peak_memory_bytes = result.peak_memory_bytes;
    // Of a command that was stopped all processes are, some of them a moment later.
    if (!result.stopped && !result.timed_out) note_left_behind(result.left_behind, log, local);
    log.close();
    local.failure = failure_text(run, result, log);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    local.failure = error.message();
  }
  local.duration_ms = milliseconds_since(start);
  return local;
}

}  // namespace mlops::runners
