#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <mlops/runners/log_lines.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

using namespace mlops;
using namespace mlops::runners;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

struct Folder {
  TemporaryDirectory folder{std::filesystem::temp_directory_path(), "mlops-runner-test-"};

  [[nodiscard]] std::filesystem::path log() const { return folder.path() / "run.log"; }
  [[nodiscard]] LocalRun shell(const std::string& script) const {
    LocalRun run;
    run.argv = {"sh", "-c", script};
    run.directory = folder.path();
    run.log_file = log();
    return run;
  }
};

}  // namespace

TEST_CASE("a command that succeeds has its output in the log and before the person") {
  const Folder folder;
  std::string out;
  std::string err;
  LocalRun run = folder.shell("echo out; echo err >&2; pwd; echo $MLOPS_SEED");
  run.environment = {{"MLOPS_SEED", "7"}};
  run.echo = [&](std::string_view bytes, bool is_stderr) { (is_stderr ? err : out) += bytes; };
  const LocalResult result = run_local(run);
  CHECK(result.exit_code == 0);
  CHECK(result.failure.empty());
  CHECK(result.signal == 0);
  CHECK_FALSE(result.interrupted);
  CHECK_FALSE(result.timed_out);
  CHECK(result.duration_ms >= 0);
  CHECK(out == "out\n" + std::filesystem::canonical(folder.folder.path()).string() + "\n7\n");
  CHECK(err == "err\n");
  CHECK(plain_log(read_file(folder.log())).size() == out.size() + err.size());
}

TEST_CASE("the log has both streams in the order they came") {
  const Folder folder;
  // The command waits until each line is in the log before it writes the next one.
  const LocalResult result = run_local(folder.shell(R"(
say() { echo $1; until grep -q $1 run.log; do :; done; }
say one
say two >&2
say three
say four >&2
)"));
  CHECK(result.exit_code == 0);
  CHECK(plain_log(read_file(folder.log())) == "one\ntwo\nthree\nfour\n");
}

TEST_CASE("the log of another attempt goes on after the first, and not through a link") {
  const Folder folder;
  run_local(folder.shell("echo a longer first text"));
  run_local(folder.shell("echo second"));
  CHECK(plain_log(read_file(folder.log())) == "a longer first text\nsecond\n");

  std::filesystem::create_symlink("precious", folder.folder.path() / "link");
  LocalRun run = folder.shell("echo third");
  run.log_file = folder.folder.path() / "link";
  CHECK_THROWS_WITH(run_local(run), Contains("link"));
}

TEST_CASE("a command that fails says how") {
  const Folder folder;
  const LocalResult result = run_local(folder.shell("exit 3"));
  CHECK(result.exit_code == 3);
  CHECK(result.failure == "`sh` exited with 3");
}

TEST_CASE("a command that a signal ended says which") {
  const Folder folder;
  const LocalResult result = run_local(folder.shell("kill -SEGV $$"));
  CHECK(result.exit_code == 128 + SIGSEGV);
  CHECK(result.signal == SIGSEGV);
  CHECK(result.failure == "`sh` was killed by SIGSEGV (11)");
}

TEST_CASE("a command that is not there was never started") {
  const Folder folder;
  LocalRun run = folder.shell("");
  run.argv = {"trian.py"};
  const LocalResult result = run_local(run);
  CHECK_FALSE(result.exit_code);
  CHECK_THAT(result.failure, Contains("`trian.py`"));
  CHECK(read_file(folder.log()).empty());
}

TEST_CASE("a run without a command is refused") {
  const Folder folder;
  LocalRun run = folder.shell("");
  run.argv.clear();
  CHECK_THROWS_AS(run_local(run), Error);
}

TEST_CASE("a command that is stopped was interrupted") {
  const Folder folder;
  LocalRun run = folder.shell("echo ready; exec tail -f /dev/null");
  bool ready = false;
  run.echo = [&](std::string_view, bool) { ready = true; };
  run.should_stop = [&] { return ready; };
  const LocalResult result = run_local(run);
  CHECK(result.interrupted);
  CHECK(result.signal == SIGTERM);
  CHECK(result.failure == "`sh` was interrupted");
  CHECK(plain_log(read_file(folder.log())) == "ready\n");
}

TEST_CASE("a command that takes too long is stopped") {
  const Folder folder;
  LocalRun run = folder.shell("exec tail -f /dev/null");
  run.timeout_seconds = 0;
  const LocalResult result = run_local(run);
  CHECK(result.timed_out);
  CHECK_THAT(result.failure, EndsWith("its time limit"));
}

TEST_CASE("a log that can't be written doesn't end the command, but is no success") {
  const Folder folder;
  LocalRun run = folder.shell("echo lost; echo done > done");
  run.log_file = "/dev/full";
  std::string echoed;
  run.echo = [&](std::string_view bytes, bool) { echoed += bytes; };
  const LocalResult result = run_local(run);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.failure, Contains("its log was lost") && Contains("No space left"));
  CHECK(echoed == "lost\n");
  CHECK(std::filesystem::exists(folder.folder.path() / "done"));
}

TEST_CASE("a log that can't be made is an error before anything runs") {
  const Folder folder;
  LocalRun run = folder.shell("echo x > ran");
  run.log_file = folder.folder.path() / "missing/run.log";
  CHECK_THROWS_WITH(run_local(run), Contains("missing/run.log"));
  CHECK_FALSE(std::filesystem::exists(folder.folder.path() / "ran"));
}

TEST_CASE("what a command used is known") {
  const Folder folder;
  const LocalResult result = run_local(folder.shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"));
  CHECK(result.cpu_ms > 0);
  CHECK(result.peak_memory_bytes > 0);
  CHECK(result.notes.empty());
}

TEST_CASE("a process that leaves its group does not outlive the run") {
  const Folder folder;
  // It would write its output after the command has ended.
  const LocalResult result =
      run_local(folder.shell("setsid sh -c 'while :; do sleep 0.01; touch late; done' >&- 2>&- & sleep 0.2; exit 0"));
  CHECK(result.exit_code == 0);
  REQUIRE(result.notes.size() == 1);
  CHECK_THAT(result.notes.front(), Contains("left running"));
  std::filesystem::remove(folder.folder.path() / "late");
  run_local(folder.shell("sleep 0.1"));
  CHECK_FALSE(std::filesystem::exists(folder.folder.path() / "late"));
}

TEST_CASE("of several commands at once each ends its own processes") {
  const Folder folder;
  // The first one's would be ended with the second command if they were not told apart.
  const auto run_named = [&](const std::string& name, const std::string& script) {
    LocalRun run = folder.shell(script);
    run.alone = false;
    run.environment = {{std::string{checkpoint_variable}, (folder.folder.path() / name).string()}};
    return run_local(run);
  };
  LocalResult first;
  std::thread other{[&] {
    first = run_named("first",
                      "setsid sh -c 'while :; do sleep 0.01; echo >>alive; done' >&- 2>&- & "
                      "until [ -e over ]; do sleep 0.01; done; rm alive; until [ -s alive ]; do :; done");
  }};
  const LocalResult second = run_named("second",
                                       "setsid sh -c 'while :; do sleep 0.01; touch late; done' >&- 2>&- & "
                                       "until [ -e late ] && [ -s alive ]; do sleep 0.01; done");
  std::filesystem::remove(folder.folder.path() / "late");
  run_local(folder.shell("touch over; sleep 0.1"));
  CHECK_FALSE(std::filesystem::exists(folder.folder.path() / "late"));
  other.join();
  CHECK(first.exit_code == 0);
  REQUIRE(first.notes.size() == 1);
  REQUIRE(second.notes.size() == 1);
  CHECK_THAT(second.notes.front(), Contains("left running"));
}

TEST_CASE("a second interruption kills at once") {
  const Folder folder;
  LocalRun run = folder.shell("trap '' INT TERM; echo ready; while :; do sleep 0.01; done");
  bool ready = false;
  run.echo = [&](std::string_view, bool) { ready = true; };
  run.should_stop = [&] { return ready; };
  run.should_kill = [&] { return ready; };
  run.stop_signal = [] { return SIGINT; };
  run.grace = std::chrono::hours{1};
  const LocalResult result = run_local(run);
  CHECK(result.interrupted);
  CHECK(result.signal == SIGKILL);
}

TEST_CASE("Ctrl-C is forwarded as what it is") {
  const Folder folder;
  LocalRun run = folder.shell("trap 'echo INT; exit 130' INT; echo ready; while :; do sleep 0.01; done");
  bool ready = false;
  run.echo = [&](std::string_view, bool) { ready = true; };
  run.should_stop = [&] { return ready; };
  run.stop_signal = [] { return SIGINT; };
  const LocalResult result = run_local(run);
  CHECK(result.exit_code == 130);
  CHECK(plain_log(read_file(folder.log())) == "ready\nINT\n");
}

TEST_CASE("a command sees no more of the environment than it may") {
  const Folder folder;
  setenv("MLOPS_TEST_HIDDEN", "hidden", 1);
  LocalRun run = folder.shell("echo \"<$MLOPS_TEST_HIDDEN> <$SECRET>\"");
  run.inherited = std::vector<std::string>{"PATH"};
  run.secrets = {{"SECRET", "open sesame"}};
  run_local(run);
  unsetenv("MLOPS_TEST_HIDDEN");
  CHECK(plain_log(read_file(folder.log())) == "<> <[SECRET]>\n");
}
