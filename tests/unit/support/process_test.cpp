#include <mlops/support/process.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

using namespace mlops;
using namespace std::literals;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

ProcessRequest shell(const std::string& script) { return {.argv = {"sh", "-c", script}}; }

std::string printed_by(const ProcessRequest& request) { return capture_process(request).out; }

Error error_of(const ProcessRequest& request) {
  try {
    (void)run_process(request);
  } catch (const Error& error) {
    return error;
  }
  return Error{ErrorKind::failed, "no error"};
}

struct Scratch {
  TemporaryDirectory folder{fs::temp_directory_path(), "mlops-test-"};
  [[nodiscard]] fs::path script(const std::string& name, std::string_view content, mode_t mode = 0755) const {
    fs::path path = folder.path() / name;
    write_file_atomic(path, content);
    ::chmod(path.c_str(), mode);
    return path;
  }
};

// Whether the process has ended; one that nobody has reaped yet has.
bool has_ended(const std::string& pid) {
  try {
    const std::string status = read_file("/proc/" + pid + "/stat");
    const char state = status.at(status.rfind(')') + 2);
    return state == 'Z' || state == 'X';
  } catch (const Error&) {
    return true;
  }
}

// SIGKILL takes effect soon, not at once.
bool ends_soon(const std::string& pid) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < until) {
    if (has_ended(pid)) return true;
    ::usleep(1000);
  }
  return false;
}

std::string trimmed(std::string_view text) { return std::string{trim(text)}; }

std::set<std::string> open_descriptors() {
  std::set<std::string> result;
  for (const auto& entry : fs::directory_iterator{"/proc/self/fd"}) result.insert(entry.path().filename().native());
  return result;
}

}  // namespace

TEST_CASE("a child reads what it is given on stdin, and no more") {
  const std::string large(300'000, 'x');
  ProcessRequest request = shell("cat; cat");
  request.input.emplace(large);
  CHECK(printed_by(request) == large);
  request.input.emplace();
  CHECK(printed_by(request).empty());
  ProcessRequest deaf = shell("exit 0");
  deaf.input.emplace(large);
  CHECK(run_process(deaf).exit_code == 0);
}

TEST_CASE("a child's exit code is the result") {
  CHECK(run_process(shell("exit 0")).exit_code == 0);
  const ProcessResult result = run_process(shell("exit 7"));
  CHECK(result.exit_code == 7);
  CHECK(result.signal == 0);
  CHECK_FALSE(result.timed_out);
  CHECK_FALSE(result.stopped);
}

TEST_CASE("a child ended by a signal says which") {
  const ProcessResult result = run_process(shell("kill -SEGV $$"));
  CHECK(result.signal == SIGSEGV);
  CHECK(result.exit_code == 128 + SIGSEGV);
  CHECK_FALSE(result.stopped);
}

TEST_CASE("both streams arrive, apart") {
  const CapturedOutput captured = capture_process(shell("echo result; echo problem >&2; exit 3"));
  CHECK(captured.out == "result\n");
  CHECK(captured.err == "problem\n");
  CHECK(captured.result.exit_code == 3);
}

TEST_CASE("output is handed on while it arrives, all of it") {
  std::size_t bytes = 0;
  std::size_t bytes_of_stderr = 0;
  ProcessRequest request{.argv = {"head", "-c", "5000000", "/dev/zero"}};
  request.on_output = [&](std::string_view piece, bool is_stderr) {
    (is_stderr ? bytes_of_stderr : bytes) += piece.size();
  };
  CHECK(run_process(request).exit_code == 0);
  CHECK(bytes == 5'000'000);
  CHECK(bytes_of_stderr == 0);
}

TEST_CASE("captured output is cut at the limit, and the child still ends well") {
  const CapturedOutput captured = capture_process({.argv = {"head", "-c", "1000000", "/dev/zero"}}, 1000);
  CHECK(captured.out.size() == 1000);
  CHECK(captured.result.exit_code == 0);
}

TEST_CASE("arguments reach the child as they are: no shell reads them") {
  CHECK(printed_by({.argv = {"printf", "%s|", "a b", "$HOME", "*", "; rm -rf", "", "\"'\\"}}) ==
        "a b|$HOME|*|; rm -rf||\"'\\|");
}

TEST_CASE("the environment given replaces the caller's, name by name") {
  ::setenv("MLOPS_TEST_KEPT", "kept", 1);
  ::setenv("MLOPS_TEST_CHANGED", "old", 1);
  ProcessRequest request =
      shell("echo $MLOPS_TEST_KEPT $MLOPS_TEST_CHANGED $MLOPS_TEST_ADDED; env | grep -c MLOPS_TEST_C");
  request.environment = {{"MLOPS_TEST_CHANGED", "new"}, {"MLOPS_TEST_ADDED", "a=b"}};
  CHECK(printed_by(request) == "kept new a=b\n1\n");
  CHECK(std::string{::getenv("MLOPS_TEST_CHANGED")} == "old");
}

TEST_CASE("a child works in the folder it is given, and a relative program is found from there") {
  const Scratch scratch;
  (void)scratch.script("train.sh", "#!/bin/sh\npwd -P\n");
  const CapturedOutput captured = capture_process({.argv = {"./train.sh"}, .directory = scratch.folder.path()});
  CHECK(captured.out == fs::canonical(scratch.folder.path()).native() + "\n");
}

TEST_CASE("a child reads nothing from the terminal: its stdin is empty") {
  CHECK(printed_by({.argv = {"cat"}}).empty());
}

TEST_CASE("a child gets no end of our pipes but its own two, and none stays behind") {
  const auto before = open_descriptors();
  // What the tests were started with is passed on, and find has folders open itself.
  std::set<std::string> passed_on{"0", "1", "2"};
  for (const std::string& fd : before) {
    const int flags = ::fcntl(std::stoi(fd), F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) passed_on.insert(fd);
  }
  const std::string listing =
      printed_by({.argv = {"find", "/proc/self/fd/", "-type", "l", "-lname", "pipe:*", "-printf", "%f\n"}});
  std::set<std::string> pipes;
  for (const std::string& fd : split(trimmed(listing), '\n')) pipes.insert(fd);
  CHECK(std::ranges::includes(passed_on, pipes));
  CHECK(pipes.contains("1"));
  CHECK(pipes.contains("2"));
  CHECK(open_descriptors().size() == before.size());
}

TEST_CASE("a child starts with default signals, even when the caller ignores SIGPIPE") {
  auto* const former = ::signal(SIGPIPE, SIG_IGN);
  const ProcessResult result = run_process(shell("kill -PIPE $$; exit 0"));
  ::signal(SIGPIPE, former);
  CHECK(result.signal == SIGPIPE);
}

TEST_CASE("a command that is not in PATH is not found, with a hint") {
  const Error error = error_of({.argv = {"mlops-no-such-command"}});
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.message() == "command `mlops-no-such-command` is not found");
  REQUIRE(error.hints().size() == 1);
  CHECK_THAT(error.hints()[0], Contains("PATH"));
}

TEST_CASE("a program that can't be executed says why") {
  const Scratch scratch;
  const Error missing = error_of({.argv = {(scratch.folder.path() / "gone").native()}});
  CHECK(missing.kind() == ErrorKind::not_found);
  CHECK_THAT(missing.message(), Contains("gone`: No such file or directory"));
  const Error forbidden = error_of({.argv = {scratch.script("data", "", 0644).native()}});
  CHECK(forbidden.kind() == ErrorKind::not_found);
  CHECK_THAT(forbidden.message(), Contains("Permission denied"));
  const Error formless = error_of({.argv = {scratch.script("formless", "echo hi\n").native()}});
  CHECK(formless.kind() == ErrorKind::not_found);
  CHECK_THAT(formless.message(), Contains("Exec format error"));
  const Error interpreter = error_of({.argv = {scratch.script("bad", "#!/no/such/interpreter\n").native()}});
  CHECK(interpreter.kind() == ErrorKind::not_found);
}

TEST_CASE("a request that no process can fulfil is refused before one is made") {
  CHECK(error_of({.argv = {}}).kind() == ErrorKind::usage);
  CHECK(error_of({.argv = {""}}).kind() == ErrorKind::usage);
  CHECK(error_of({.argv = {"true", "a\0b"s}}).kind() == ErrorKind::usage);
  CHECK(error_of({.argv = {"true"}, .environment = {{"A=B", "c"}}}).kind() == ErrorKind::usage);
  CHECK(error_of({.argv = {"true"}, .environment = {{"", "c"}}}).kind() == ErrorKind::usage);
  CHECK(error_of({.argv = {"true"}, .directory = "/no such folder"}).kind() == ErrorKind::not_found);
  CHECK_THAT(error_of({.argv = {"true"}, .directory = "/dev/null"}).message(), Contains("Not a directory"));
}

TEST_CASE("a timeout ends the child and its children") {
  std::string pid;
  ProcessRequest request = shell("sleep 1000 & echo $!; wait");
  request.timeout = 100ms;
  const CapturedOutput captured = capture_process(request);
  CHECK(captured.result.timed_out);
  CHECK_FALSE(captured.result.stopped);
  CHECK(captured.result.signal == SIGTERM);
  CHECK(ends_soon(trimmed(captured.out)));
}

TEST_CASE("a child that is told to stop may clean up and choose its exit code") {
  bool ready = false;
  ProcessRequest request = shell("trap 'echo saved; exit 4' TERM; echo ready; while :; do sleep 0.01; done");
  request.on_output = [&ready](std::string_view, bool) { ready = true; };
  request.should_stop = [&ready] { return ready; };
  const CapturedOutput captured = capture_process(request);
  CHECK(captured.result.stopped);
  CHECK_FALSE(captured.result.timed_out);
  CHECK(captured.result.exit_code == 4);
  CHECK(captured.out == "ready\nsaved\n");
}

TEST_CASE("a child and grandchild that ignore SIGTERM are killed in the end") {
  ProcessRequest request = shell("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done");
  bool ready = false;
  request.on_output = [&ready](std::string_view, bool) { ready = true; };
  request.should_stop = [&ready] { return ready; };
  const CapturedOutput captured = capture_process(request);
  CHECK(captured.result.stopped);
  CHECK(captured.result.signal == SIGKILL);
  CHECK(ends_soon(trimmed(captured.out)));
}

TEST_CASE("what a child leaves running is ended with it") {
  const auto start = std::chrono::steady_clock::now();
  const CapturedOutput captured = capture_process(shell("sleep 1000 & echo $!; exit 5"));
  CHECK(captured.result.exit_code == 5);
  CHECK_FALSE(captured.result.timed_out);
  CHECK(ends_soon(trimmed(captured.out)));
  CHECK(std::chrono::steady_clock::now() - start < 100s);
}

TEST_CASE("a child that closed its output is still waited for") {
  CHECK(run_process(shell("exec >&- 2>&-; sleep 0.05; exit 6")).exit_code == 6);
}

TEST_CASE("an error in the caller's handler leaves no process behind") {
  std::string pid;
  ProcessRequest request = shell("echo $$; exec sleep 1000");
  request.on_output = [&pid](std::string_view bytes, bool) {
    pid = trimmed(bytes);
    throw Error{ErrorKind::failed, "disk is full"};
  };
  CHECK_THROWS_AS(run_process(request), Error);
  CHECK(has_ended(pid));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("an unknown end is never taken for success") {
  auto* const former = ::signal(SIGCHLD, SIG_IGN);
  const Error error = error_of(shell("exit 1"));
  ::signal(SIGCHLD, former);
  CHECK_THAT(error.message(), Contains("SIGCHLD"));
}

TEST_CASE("an executable is found as the shell finds it") {
  const Scratch scratch;
  const fs::path tool = scratch.script("mlops-test-tool", "#!/bin/sh\necho found\n");
  (void)scratch.script("mlops-test-data", "", 0644);
  fs::create_directory(scratch.folder.path() / "mlops-test-folder");
  const std::string former = ::getenv("PATH");
  ::setenv("PATH", ("/no such:" + scratch.folder.path().native() + ":" + former).c_str(), 1);
  CHECK(find_executable("mlops-test-tool") == tool);
  CHECK(find_executable(tool.native()) == tool);
  CHECK_FALSE(find_executable("mlops-test-data"));
  CHECK_FALSE(find_executable("mlops-test-folder"));
  CHECK_FALSE(find_executable("mlops-test-nothing"));
  CHECK_FALSE(find_executable(""));
  CHECK_FALSE(find_executable((scratch.folder.path() / "mlops-test-nothing").native()));
  CHECK(printed_by({.argv = {"mlops-test-tool"}}) == "found\n");
  ::setenv("PATH", former.c_str(), 1);
}

TEST_CASE("a PATH in the request is where its command is looked up") {
  const Scratch scratch;
  (void)scratch.script("mlops-test-tool", "#!/bin/sh\necho found\n");
  CHECK(printed_by({.argv = {"mlops-test-tool"}, .environment = {{"PATH", scratch.folder.path().native()}}}) ==
        "found\n");
}
