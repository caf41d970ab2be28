#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <mlops/cli/exit_code.hpp>
#include <mlops/cli/run.hpp>
#include <mlops/support/error.hpp>

namespace mlops::cli {

namespace {

// A signal handler can reach nothing but a global. The threads that run trials and stages look at them, too.
std::atomic<int> last_signal = 0;
std::atomic<int> signal_count = 0;
std::atomic<int> signals_expected = 1;
static_assert(std::atomic<int>::is_always_lock_free);

// The first Ctrl-C asks the command to stop cleanly; the second one ends the process, or what it runs, and the third
// one surely the process.
extern "C" void note_signal(int signal) {
  const int error_before = errno;  // of whatever was interrupted
  last_signal = signal;
  if (++signal_count >= signals_expected) {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
  }
  errno = error_before;
}

void note_signals() {
  struct sigaction action{};
  action.sa_handler = note_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

void set_up_signals() {
  // `mlops list | head` must end quietly and a closed pipe must not end a training: writes report EPIPE instead.
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on the size of files is an error like a full disk, with words instead of a core dump.
  std::signal(SIGXFSZ, SIG_IGN);
  // Whoever started us may ignore the end of children; then nobody could learn how a training ended.
  std::signal(SIGCHLD, SIG_DFL);
}

// The next file to be opened would take the place of a closed stdout, and get what is printed. In its place stands one
// that refuses to be written, so that closing stdout stays an error.
void fill_closed_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1) continue;
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

// Writes all of the text. A reader that went away is no error of ours; a full disk is.
class Writer {
 public:
  explicit Writer(int fd) : fd_{fd} {}

  [[nodiscard]] bool is_closed() const { return closed_; }

  void write(std::string_view text) {
    while (!text.empty() && !closed_) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EPIPE) {
        closed_ = true;
      } else if (errno != EINTR) {
        const int error = errno;
        closed_ = true;
        if (fd_ == STDOUT_FILENO) throw system_error("writing", "the output", error);
      }
    }
  }

 private:
  int fd_;
  bool closed_ = false;
};

std::optional<std::size_t> read_stdin(std::span<char> into, int wait_ms) {
  struct pollfd source{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&source, 1, wait_ms);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return std::nullopt;
  if (ready < 0) throw system_error("reading", "the input", errno);
  const ssize_t count = ::read(STDIN_FILENO, into.data(), into.size());
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EINTR || errno == EAGAIN) return std::nullopt;
  throw system_error("reading", "the input", errno);
}

int terminal_columns() {
  if (const char* columns = std::getenv("COLUMNS")) {
    const int number = std::atoi(columns);
    if (number > 0) return number;
  }
  struct winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// Beside the program as it is installed (bin/mlops, libexec/mlops/) and as it is built.
std::string helper_directory() {
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) return "";
  return (program.parent_path().parent_path() / "libexec" / "mlops").string();
}

}  // namespace

int run_process_main(int argc, const char* const* argv) {
  fill_closed_streams();
  set_up_signals();
  Writer out{STDOUT_FILENO};
  Writer err{STDERR_FILENO};
  const Streams streams{.out = [&](std::string_view text) { out.write(text); },
                        .err = [&](std::string_view text) { err.write(text); },
                        .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                        .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                        .columns = terminal_columns(),
                        .out_is_closed = [&] { return out.is_closed(); }};
  std::error_code no_directory;
  Surroundings surroundings;
  surroundings.directory = std::filesystem::current_path(no_directory).string();
  surroundings.signal = [] { return last_signal.load(); };
  surroundings.signals = [] { return signal_count.load(); };
  surroundings.expect_second_signal = [](bool expected) { signals_expected = expected ? 2 : 1; };
  surroundings.note_signals = note_signals;
  surroundings.read_input = read_stdin;
  surroundings.variable = [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string{name}.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
  };
  surroundings.helpers = helper_directory();
  if (no_directory) {
    err.write("error: the working directory is gone\n");
    return static_cast<int>(ExitCode::not_found);
  }
  return run({argv + (argc > 0 ? 1 : 0), argv + argc}, streams, surroundings);
}

}  // namespace mlops::cli
