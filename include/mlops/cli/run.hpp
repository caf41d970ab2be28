// The door of the house: argv in, exit code out. `main` calls it, and so do the tests.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::cli {

// Where text goes, and what is known of the other end.
struct Streams {
  std::function<void(std::string_view)> out;  // results; throws Error when they can't be delivered
  std::function<void(std::string_view)> err;  // progress, hints, errors
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 80;
  std::function<bool()> out_is_closed = {};  // whether the reader of `out` went away, so that more is in vain
};

// What a command may know of the process around it, and ask of it.
struct Surroundings {
  std::function<std::optional<std::string>(std::string_view)> variable;  // of the environment
  std::string directory;                                                 // the working directory
  std::string helpers;                             // the folder of our helper programs; "" when it is not known
  std::function<int()> signal;                     // the last SIGINT or SIGTERM that was noted, 0 without one
  std::function<int()> signals;                    // how many were noted
  std::function<void(bool)> expect_second_signal;  // whether a second one is noted too
  // What stands on stdin: how many bytes came, 0 at the end; nullopt when none came in the time, or a signal did.
  std::function<std::optional<std::size_t>(std::span<char> into, int wait_ms)> read_input;
  std::function<void()> note_signals;  // from now on the first SIGINT or SIGTERM is noted instead of ending the process
};

// argv without the program's own name. Never throws; every error is reported on streams.err.
int run(const std::vector<std::string>& argv, const Streams& streams, const Surroundings& surroundings);

// The streams and surroundings of this process, with SIGPIPE ignored.
int run_process_main(int argc, const char* const* argv);

}  // namespace mlops::cli
