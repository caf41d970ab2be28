#include <mlops/runners/runner.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

using SteadyClock = std::chrono::steady_clock;

// A log that can't be written must not end hours of training: the first failure is kept for the result.
class Log {
 public:
  explicit Log(const std::filesystem::path& path)
      : path_{path}, file_{open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644)} {
    if (!file_.valid()) throw system_error("can't create the log", path.string(), errno);
  }

  void append(std::string_view bytes) {
    if (!failure_.empty()) return;
    try {
      write_all(file_.get(), std::as_bytes(std::span{bytes}), path_);
    } catch (const Error& error) {
      failure_ = error.message();
    }
  }

  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  std::string failure_;
};

std::string signal_text(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{} ({})", name, signal) : fmt::format("signal {}", signal);
}

std::string failure_text(const LocalRun& run, const ProcessResult& result, const Log& log) {
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

ProcessRequest request_of(const LocalRun& run, Log& log) {
  ProcessRequest request{.argv = run.argv, .directory = run.directory, .environment = run.environment};
  if (run.timeout_seconds) request.timeout = std::chrono::seconds{*run.timeout_seconds};
  request.on_output = [&](std::string_view bytes, bool is_stderr) {
    log.append(bytes);
    if (run.echo) run.echo(bytes, is_stderr);
  };
  request.should_stop = run.should_stop;
  return request;
}

}  // namespace

LocalResult run_local(const LocalRun& run) {
  if (run.argv.empty()) throw Error{ErrorKind::usage, "there is no command to run"};
  Log log{run.log_file};
  LocalResult local;
  const auto start = SteadyClock::now();
  try {
    const ProcessResult result = run_process(request_of(run, log));
    local.exit_code = result.exit_code;
    local.signal = result.signal;
    local.interrupted = result.stopped;
    local.timed_out = result.timed_out;
    local.failure = failure_text(run, result, log);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    local.failure = error.message();
  }
  local.duration_ms = milliseconds_since(start);
  return local;
}

}  // namespace mlops::runners
