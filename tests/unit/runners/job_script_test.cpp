#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>

#include "job_script.hpp"

using namespace mlops::runners;
namespace fs = std::filesystem;

namespace {

// A job in a folder of its own, run by a shell as a cluster would.
class JobInFolder {
 public:
  JobInFolder() {
    job.run = "12";
    job.folder = folder_.path();
    job.directory = folder_.path();
    job.environment = {{"MLOPS_CHECKPOINT_DIR", (folder_.path() / "checkpoints").string()}};
    fs::create_directories(folder_.path() / "checkpoints");
  }

  mlops::CapturedOutput run(const std::string& shell = "sh") {
    const fs::path script = folder_.path() / "script";
    std::ofstream{script} << job_script(job, options);
    return mlops::capture_process({.argv = {shell, script.string()}});
  }
  [[nodiscard]] JobResult result() const { return read_job_result(folder_.path()); }
  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

  Job job;
  ScriptOptions options;

 private:
  mlops::TemporaryDirectory folder_{fs::temp_directory_path()};
};

}  // namespace

TEST_CASE("a job leaves its exit code and its attempt", "[clusters]") {
  JobInFolder here;
  here.job.argv = {"sh", "-c", "echo \"$MLOPS_ATTEMPT $1\"; exit 3", "sh", "it's; $HOME"};
  const auto output = here.run();
  CHECK(output.out == "1 it's; $HOME\n");
  CHECK(output.result.exit_code == 3);
  const JobResult result = here.result();
  CHECK(result.is_over);
  CHECK(result.exit_code == 3);
  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].exit_code == 3);
  CHECK(result.environment.find("kernel") != nullptr);
}

TEST_CASE("a job that is over is not run again", "[clusters]") {
  JobInFolder here;
  here.job.argv = {"true"};
  here.run();
  here.job.argv = {"sh", "-c", "echo again"};
  CHECK(here.run().out.empty());
  forget_job_result(here.folder());
  CHECK(here.run().out == "again\n");
  CHECK(here.result().attempts.size() == 2);
}

TEST_CASE("a job tries again after the exit codes of its recipe", "[clusters]") {
  JobInFolder here;
  here.job.argv = {"sh", "-c", "test $MLOPS_ATTEMPT = 3 || exit 75"};
  here.job.retry_codes = {74, 75};
  here.job.retry_times = 2;
  here.job.outputs = {(here.folder() / "out/").string()};
  CHECK(here.run().result.exit_code == 0);
  CHECK(here.result().attempts.size() == 3);
  CHECK(fs::is_directory(here.folder() / "out"));
  JobInFolder fewer;
  fewer.job = here.job;
  fewer.job.folder = fewer.folder();
  fewer.job.retry_times = 1;
  CHECK(fewer.run().result.exit_code == 75);
  CHECK(fewer.result().exit_code == 75);
}

TEST_CASE("a job keeps its time limit by itself", "[clusters]") {
  JobInFolder here;
  here.job.argv = {"sleep", "600"};
  here.job.timeout_seconds = 1;
  here.run();
  CHECK(here.result().is_over);
  CHECK(here.result().how == "timeout");
}

TEST_CASE("a job that the cluster ends says so, and leaves the end to the cluster", "[clusters]") {
  JobInFolder here;
  here.job.argv = {"sh", "-c", "kill -TERM $PPID; sleep 600"};
  CHECK(here.run().result.exit_code == 143);
  const JobResult result = here.result();
  CHECK_FALSE(result.is_over);
  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].how == "terminated");
}

TEST_CASE("a warning is for those who have something to go on from", "[clusters]") {
  JobInFolder here;
  here.options = {.writes_log = false, .requeue = "touch \"$run/requeued\"", .requeues = 1};
  here.job.argv = {"sh", "-c", "kill -USR1 $PPID; sleep 0.3; echo done"};
  CHECK(here.run().out == "done\n");
  CHECK_FALSE(fs::exists(here.folder() / "requeued"));

  JobInFolder saves;
  saves.options = here.options;
  saves.job.argv = {"sh", "-c", "touch \"$MLOPS_CHECKPOINT_DIR/x\"; kill -USR1 $PPID; sleep 600"};
  CHECK(saves.run().result.exit_code == 0);
  CHECK(fs::exists(saves.folder() / "requeued"));
  CHECK_FALSE(saves.result().is_over);
  // The second time it may not be put back any more.
  saves.run();
  CHECK(saves.result().is_over);
  CHECK(saves.result().how == "limit");
}

TEST_CASE("a job sees only the variables that its recipe names", "[clusters]") {
  JobInFolder here;
  here.job.argv = {"sh", "-c", "echo \"${SHOWN-none} ${HIDDEN-none} ${KEPT-none} ${MLOPS_ATTEMPT-none}\""};
  here.job.inherited = std::vector<std::string>{"PATH", "SHOWN"};
  here.job.secrets = {"KEPT"};
  const fs::path script = here.folder() / "script";
  std::ofstream{script} << job_script(here.job, {});
  const auto output = mlops::capture_process(
      {.argv = {"sh", script.string()}, .environment = {{"SHOWN", "a"}, {"HIDDEN", "b"}, {"KEPT", "c"}}});
  CHECK(output.out == "a none c 1\n");
}

TEST_CASE("a setup that fails is the end of a job", "[clusters]") {
  JobInFolder here;
  here.job.setup = {"sh", "-c", "echo setup; exit 4"};
  here.job.argv = {"echo", "training"};
  CHECK(here.run().out == "setup\n");
  CHECK(here.result().how == "setup");
  CHECK(here.result().exit_code == 4);
}

TEST_CASE("what a job left is not trusted", "[clusters]") {
  JobInFolder here;
  fs::create_directories(here.folder() / "job");
  std::ofstream{here.folder() / "job/attempts"} << "1 3 5 node\n99999999999 0 1 x\n-4 0 1 x\n2 700 a b limit\nx\n2";
  std::ofstream{here.folder() / "job/attempt"} << "3\n";
  std::ofstream{here.folder() / "job/exit.json"} << "{\"exit_code\":";
  const JobResult result = here.result();
  CHECK_FALSE(result.is_over);
  REQUIRE(result.attempts.size() == 3);
  CHECK(result.attempts[0].exit_code == 3);
  CHECK_FALSE(result.attempts[1].exit_code);
  CHECK_FALSE(result.attempts[2].exit_code);
}
