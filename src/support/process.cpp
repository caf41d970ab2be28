#include <mlops/support/process.hpp>

#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include <mlops/support/error.hpp>
#include <mlops/support/marked_processes.hpp>

#include "process_descendants.hpp"
#include "process_spawn.hpp"

namespace mlops {

namespace {

using namespace std::literals;
using SteadyClock = std::chrono::steady_clock;

// How long what the child left behind may take to finish its last words.
constexpr std::chrono::milliseconds afterglow = 500ms;
// Beyond this, the sum with the clock could overflow.
constexpr std::chrono::milliseconds longest_timeout = 24h * 365 * 100;
constexpr auto stop_poll_interval = 100ms;
// Without pidfd (Linux before 5.3, some sandboxes) the end of the child is looked for instead of waited for.
constexpr auto exit_poll_interval = 10ms;

// A child from its start to its end. Until it is reaped its process id, and with it the group's, can't be reused.
class RunningChild {
 public:
  explicit RunningChild(const ProcessRequest& request)
      : request_{request},
        descendants_{request.end_descendants},
        child_{spawn_child(request)},
        exit_event_{open_exit_event(child_.pid)} {
    if (request.timeout) timeout_at_ = SteadyClock::now() + std::min(*request.timeout, longest_timeout);
  }
  RunningChild(const RunningChild&) = delete;
  RunningChild& operator=(const RunningChild&) = delete;
  ~RunningChild() {
    if (reaped_) return;
    end_group();
    end_descendants();
  }

  ProcessResult run() {
    if (request_.on_start) request_.on_start(child_.pid);
    while (!is_over()) {
      consider_stopping();
      wait_for_news();
      read_output();
      notice_exit();
    }
    const auto status = end_group();
    result_.left_behind = end_descendants();
    read_output();
    if (!status) {
      throw Error{ErrorKind::failed, "how the command ended is not known, because SIGCHLD is ignored"};
    }
    if (WIFSIGNALED(*status)) {
      result_.signal = WTERMSIG(*status);
      result_.exit_code = 128 + result_.signal;
    } else {
      result_.exit_code = WEXITSTATUS(*status);
    }
    return result_;
  }

 private:
  static FileDescriptor open_exit_event(pid_t pid) {
    return FileDescriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  }

  [[nodiscard]] bool is_over() const {
    if (!exited_) return false;
    const bool silent = !child_.out.valid() && !child_.err.valid();
    return silent || SteadyClock::now() >= kill_at_;
  }

  void consider_stopping() {
    const auto now = SteadyClock::now();
    if (!terminated_ && !exited_) begin_stopping(now);
    if (!terminated_) return;
    if (request_.should_kill && request_.should_kill()) kill_at_ = std::min(kill_at_, now);
    if (!exited_ && now >= insist_at_) insist();
    if (!exited_ && now >= kill_at_) ::kill(-child_.pid, SIGKILL);
  }

  void begin_stopping(SteadyClock::time_point now) {
    result_.timed_out = now >= timeout_at_;
    result_.stopped = !result_.timed_out && request_.should_stop && request_.should_stop();
    if (!result_.timed_out && !result_.stopped) return;
    const int signal = result_.stopped && request_.stop_signal ? request_.stop_signal() : SIGTERM;
    ::kill(-child_.pid, signal);
    terminated_ = true;
    if (signal != SIGTERM) insist_at_ = now + request_.grace / 2;
    kill_at_ = now + request_.grace;
  }

  // A shell leaves SIGINT to those of its children that it waits for; the others don't hear of it.
  void insist() {
    if (insist_at_ == SteadyClock::time_point::max()) return;
    insist_at_ = SteadyClock::time_point::max();
    ::kill(-child_.pid, SIGTERM);
  }

  void wait_for_news() {
    std::array<pollfd, 3> events{pollfd{child_.out.get(), POLLIN, 0}, pollfd{child_.err.get(), POLLIN, 0},
                                 pollfd{exited_ ? -1 : exit_event_.get(), POLLIN, 0}};
    ::poll(events.data(), events.size(), wait_limit());  // a signal or an error is news too
  }

  // Milliseconds for poll until something has to be looked at again, -1 for ever.
  [[nodiscard]] int wait_limit() const {
    constexpr auto never = SteadyClock::time_point::max();
    const auto now = SteadyClock::now();
    auto until = kill_at_;
    if (!terminated_ && !exited_) until = std::min(until, timeout_at_);
    const bool may_be_told = terminated_ ? bool{request_.should_kill} : bool{request_.should_stop};
    if (may_be_told) until = std::min(until, now + stop_poll_interval);
    if (!exited_) until = std::min(until, insist_at_);
    if (!exited_ && !exit_event_.valid()) until = std::min(until, now + exit_poll_interval);
    if (!exited_ && now >= kill_at_) until = now + exit_poll_interval;
    if (until == never) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
    constexpr std::int64_t longest = 60'000;
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, longest));
  }

  void read_output() {
    read_stream(child_.out, false);
    read_stream(child_.err, true);
  }

  // A bounded piece at a time, so that a child that never stops talking can still be stopped.
  void read_stream(FileDescriptor& stream, bool is_stderr) {
    constexpr int pieces = 16;
    for (int piece = 0; piece < pieces && stream.valid(); ++piece) {
      const ssize_t count = ::read(stream.get(), buffer_->data(), buffer_->size());
      if (count > 0) {
        if (request_.on_output) request_.on_output({buffer_->data(), static_cast<std::size_t>(count)}, is_stderr);
      } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        stream.close();
      } else if (errno == EAGAIN) {
        return;
      }
    }
  }

  void notice_exit() {
    if (exited_) return;
    siginfo_t info{};
    const int waited = ::waitid(P_PID, static_cast<id_t>(child_.pid), &info, WEXITED | WNOWAIT | WNOHANG);
    const bool lost = waited != 0 && errno == ECHILD;  // the kernel reaps children of those who ignore SIGCHLD
    exited_ = info.si_pid != 0 || lost;
    if (!exited_) return;
    if (terminated_) insist();
    const std::chrono::milliseconds patience = terminated_ ? request_.grace : afterglow;
    kill_at_ = std::min(kill_at_, SteadyClock::now() + patience);
  }

  // Ends what is left of the group, then lets go of the child; its wait status.
  std::optional<int> end_group() {
    ::kill(-child_.pid, SIGKILL);
    reaped_ = true;
    int status = 0;
    rusage used{};
    for (;;) {
      if (::wait4(child_.pid, &status, 0, &used) >= 0) break;
      if (errno != EINTR) return std::nullopt;
    }
    result_.cpu_ms = milliseconds_of(used.ru_utime) + milliseconds_of(used.ru_stime);
    result_.peak_memory_bytes = std::int64_t{used.ru_maxrss} * 1024;
    return status;
  }

  // What left the group.
  std::size_t end_descendants() {
    std::size_t count = descendants_.end_all();
    if (request_.descendants_have.empty()) return count;
    for (const auto& [name, value] : request_.environment) {
      if (name == request_.descendants_have) count += end_processes_with(name, value, child_.pid);
    }
    return count;
  }

  static std::int64_t milliseconds_of(const timeval& time) {
    return std::int64_t{time.tv_sec} * 1000 + time.tv_usec / 1000;
  }

  using Buffer = std::array<char, 65536>;

  const ProcessRequest& request_;
  std::unique_ptr<Buffer> buffer_ = std::make_unique<Buffer>();  // before the child: nothing may fail after it
  Descendants descendants_;
  Child child_;
  FileDescriptor exit_event_;
  ProcessResult result_;
  SteadyClock::time_point timeout_at_ = SteadyClock::time_point::max();
  SteadyClock::time_point insist_at_ = SteadyClock::time_point::max();
  SteadyClock::time_point kill_at_ = SteadyClock::time_point::max();
  bool terminated_ = false;
  bool exited_ = false;
  bool reaped_ = false;
};

void append_up_to(std::string& text, std::string_view bytes, std::size_t max_bytes) {
  text += bytes.substr(0, max_bytes - std::min(max_bytes, text.size()));
}

}  // namespace

ProcessResult run_process(const ProcessRequest& request) { return RunningChild{request}.run(); }

CapturedOutput capture_process(ProcessRequest request, std::size_t max_bytes) {
  CapturedOutput captured;
  request.on_output = [&captured, max_bytes, also = std::move(request.on_output)](std::string_view bytes,
                                                                                  bool is_stderr) {
    append_up_to(is_stderr ? captured.err : captured.out, bytes, max_bytes);
    if (also) also(bytes, is_stderr);
  };
  captured.result = run_process(request);
  return captured;
}

}  // namespace mlops
