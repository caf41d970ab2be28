#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>

#include "job_script.hpp"

using namespace mlops::runners;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream{file} << text;
}

// A job of two stages, run by a shell as a cluster would: `second` reads what `first` writes.
class StagesInFolder {
 public:
  StagesInFolder() {
    job.run = "12";
    job.folder = folder();
    job.directory = folder();
    job.environment = {{"MLOPS_CHECKPOINT_DIR", (folder() / "checkpoints").string()}};
    add("first", "echo \"$MLOPS_ATTEMPT $OWN\"; echo data >data/a.csv; cat data/a.csv");
    job.stages[0].outputs = {(folder() / "data/").string()};
    job.stages[0].required = job.stages[0].outputs;
    add("second", "echo \"$MLOPS_ATTEMPT $OWN\"; cat data/a.csv");
    fs::create_directories(folder() / "data");
  }

  void add(const std::string& name, const std::string& script) {
    Job stage;
    stage.name = name;
    stage.folder = folder() / "stages" / name;
    stage.argv = {"sh", "-c", script};
    stage.environment = {{"MLOPS_CHECKPOINT_DIR", (stage.folder / "checkpoints").string()}, {"OWN", "own of " + name}};
    job.stages.push_back(stage);
  }

  mlops::CapturedOutput run() {
    write(folder() / "script", job_script(job, options));
    return mlops::capture_process({.argv = {"sh", (folder() / "script").string()}});
  }
  [[nodiscard]] JobResult result() const { return read_job_result(folder()); }
  [[nodiscard]] JobResult result(std::size_t stage) const { return read_job_result(job.stages.at(stage).folder); }
  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

  Job job;
  ScriptOptions options;

 private:
  mlops::TemporaryDirectory folder_{fs::canonical(fs::temp_directory_path())};
};

// `printf 'data\n' | sha256sum`
constexpr const char* digest_of_data = "6667b2d1aab6a00caa5aee5af8ad9f1465e567abf1c209d15727d57b3e8f6e5f";

}  // namespace

TEST_CASE("the stages of a job run one after the other, each in its own surroundings", "[clusters][stages]") {
  StagesInFolder here;
  CHECK(here.run().out == "[mlops: stage first]\n1 own of first\ndata\n[mlops: stage second]\n1 own of second\ndata\n");
  CHECK(here.result().is_over);
  CHECK(here.result().exit_code == 0);
  for (const std::size_t stage : {std::size_t{0}, std::size_t{1}}) {
    const JobResult told = here.result(stage);
    CHECK(told.is_over);
    REQUIRE(told.attempts.size() == 1);
    CHECK(told.attempts[0].exit_code == 0);
    REQUIRE(told.began);
    REQUIRE(told.ended);
    CHECK(*told.began <= *told.ended);
  }
  const auto files = here.result(0).files;
  REQUIRE(files);
  REQUIRE(files->size() == 1);
  CHECK(files->begin()->first == (here.folder() / "data/a.csv").string());
  CHECK(files->begin()->second.hex() == digest_of_data);
  CHECK_FALSE(here.result(1).files);
}

TEST_CASE("a stage that fails ends the job", "[clusters][stages]") {
  StagesInFolder here;
  here.job.stages[0].argv = {"sh", "-c", "exit 3"};
  const auto output = here.run();
  CHECK(output.result.exit_code == 3);
  CHECK(output.out == "[mlops: stage first]\n");
  CHECK(here.result().is_over);
  CHECK(here.result().exit_code == 3);
  CHECK_FALSE(here.result(0).is_over);
  CHECK(here.result(0).attempts.at(0).exit_code == 3);
  CHECK(here.result(1).attempts.empty());
}

TEST_CASE("a stage that has not written what it must ends the job", "[clusters][stages]") {
  StagesInFolder here;
  here.job.stages[0].argv = {"true"};
  CHECK(here.run().out == "[mlops: stage first]\n");
  CHECK(here.result().is_over);
  CHECK_FALSE(here.result(0).is_over);
}

TEST_CASE("a job that begins again goes on at the stage that was not done", "[clusters][stages]") {
  StagesInFolder here;
  here.job.stages[1].argv = {"sh", "-c",
                             "echo \"attempt $MLOPS_ATTEMPT\"; test $MLOPS_ATTEMPT != 1 || kill -TERM $PPID; sleep 1"};
  CHECK(here.run().result.exit_code == 143);
  CHECK_FALSE(here.result().is_over);
  CHECK(here.run().out == "[mlops: stage second]\nattempt 2\n");
  CHECK(here.result().is_over);

  SECTION("and runs one again whose files are not what they were, with all that come after it") {
    forget_job_result(here.folder());
    write(here.folder() / "data/a.csv", "torn");
    CHECK(here.run().out == "[mlops: stage first]\n2 own of first\ndata\n[mlops: stage second]\nattempt 3\n");
  }
  SECTION("where others may have left something beside them") {
    forget_job_result(here.folder());
    write(here.folder() / "data/cache", "of the second");
    CHECK(here.run().out.empty());
    CHECK(here.result().is_over);
  }
}

TEST_CASE("a job with stages is put back so often as one without", "[clusters][stages]") {
  StagesInFolder here;
  here.options = {.writes_log = false, .requeue = "touch \"$run/requeued\"", .requeues = 1};
  const std::vector<std::string> saves = {"sh", "-c",
                                          "test $MLOPS_ATTEMPT = 1 || { echo x >data/a.csv; exit 0; }; "
                                          "touch \"$MLOPS_CHECKPOINT_DIR/x\"; kill -USR1 $PPID; sleep 600"};
  here.job.stages[0].argv = saves;
  here.job.stages[1].argv = saves;
  here.run();
  CHECK(fs::exists(here.folder() / "requeued"));
  CHECK_FALSE(here.result().is_over);
  // The second stage would need it once more.
  here.run();
  CHECK(here.result().is_over);
  CHECK(here.result().how == "limit");
}

TEST_CASE("the setup of a job with stages runs once, before all of them", "[clusters][stages]") {
  StagesInFolder here;
  here.job.setup = {"sh", "-c", "echo \"setup ${OWN-without}\""};
  CHECK(here.run().out.starts_with("[mlops: env.setup]\nsetup without\n[mlops: stage first]\n"));
}

TEST_CASE("what a stage left is not trusted", "[clusters][stages]") {
  const mlops::TemporaryDirectory folder{fs::temp_directory_path()};
  const fs::path job = folder.path() / "job";
  const std::string digest = digest_of_data;
  const auto files = [&](const std::string& text) {
    write(job / "files", text);
    return read_job_result(folder.path()).files;
  };
  REQUIRE(files(digest + "  /a/b\n" + digest + " */a/./c\n"));
  CHECK(files(digest + " */a/./c\n")->contains("/a/c"));
  CHECK(files("\\" + digest + "  /a/x\\\\y\\nz\n")->contains("/a/x\\y\nz"));
  CHECK_FALSE(files(""));
  CHECK_FALSE(files(digest + "  /a/b\n" + digest + "  /a"));
  CHECK_FALSE(files(digest + "  /a/b\n" + digest.substr(1) + "  /a/c\n"));
  CHECK_FALSE(files(digest + "  /a/b\n" + digest + "  /a/b\n"));
  CHECK_FALSE(files(digest + "  \n"));
  CHECK_FALSE(files("\\" + digest + "  /a/x\\\n"));
  CHECK_FALSE(files("\\" + digest + "  /a/x\\q\n"));
  CHECK_FALSE(files(std::string(64, 'g') + "  /a/b\n"));
  CHECK_FALSE(files(std::string{"\0\n\n", 3}));

  const auto times = [&](const std::string& began, const std::string& ended) {
    write(job / "began", began);
    write(job / "ended", ended);
    const JobResult told = read_job_result(folder.path());
    return std::pair{told.began.has_value(), told.ended.has_value()};
  };
  CHECK(times("1700000000\n", "1700000005\n") == std::pair{true, true});
  CHECK(read_job_result(folder.path()).began->milliseconds == 1'700'000'000'000);
  CHECK(times("1700000005\n", "1700000000\n") == std::pair{true, false});
  CHECK(times("9223372036854775807\n", "-1\n") == std::pair{false, false});
  CHECK(times("soon", "") == std::pair{false, false});
  write(job / "exit.json", "[]");
  CHECK_FALSE(read_job_result(folder.path()).is_over);
}
