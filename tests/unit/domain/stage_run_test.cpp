#include <mlops/domain/stage_run.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/execution.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

StageRun complete_stage() {
  StageRun stage;
  stage.name = "train";
  stage.needs = {"prepare"};
  stage.command_template = {"train", "{params.lr}"};
  stage.inputs = {"raw"};
  stage.params = {"lr"};
  stage.writes = {{"model", "model/"}};
  stage.metrics_file = "metrics.json";
  stage.code = {"train.py"};
  stage.depends = {{"param lr", "0.1"}};
  stage.key = sha256("key");
  stage.status = StageStatus::reused;
  stage.why = "nothing that it depends on has changed";
  stage.reused_from = 3;
  stage.command = {"train", "0.1"};
  stage.attempts = {{.exit_code = 75, .failure = "`train` exited with 75", .used = {.wall_ms = 1, .cpu_ms = 2}}};
  stage.started_at = Timestamp{1000};
  stage.ended_at = Timestamp{2500};
  stage.outputs = {{.name = "model", .path = "model/", .files = {{.path = "w", .digest = sha256("w"), .size = 1}}}};
  stage.metrics = {{"auc", 0.9}};
  stage.series = sha256("series");
  stage.log = sha256("log");
  return stage;
}

StageRun waiting_stage(std::string name, std::vector<std::string> needs = {}) {
  StageRun stage;
  stage.name = std::move(name);
  stage.needs = std::move(needs);
  return stage;
}

RunOutput output(std::string path, std::vector<FileEntry> files) {
  return {.name = "x", .path = std::move(path), .files = std::move(files)};
}

}  // namespace

TEST_CASE("a stage comes back from the record of its run") {
  Run run;
  Execution execution;
  execution.stages = {complete_stage(), waiting_stage("evaluate")};
  run.execution = parse_json(to_line(to_json(execution)), "test");
  CHECK(execution_of(run) == execution);
}

TEST_CASE("a record without stages has none") {
  Run run;
  run.execution = Json::object({{"log_format", "lines"}});
  CHECK(execution_of(run).stages.empty());
}

TEST_CASE("a damaged record of a stage is told") {
  Run run;
  Execution execution;
  execution.stages = {complete_stage()};
  Json json = to_json(execution.stages.front());
  json.set("status", "sleeping");
  run.execution = Json::object({{"stages", Json::array({json})}});
  const auto error = error_of([&] { execution_of(run); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::integrity);
}

TEST_CASE("an output is known by its bytes, a folder by the names in it too") {
  const FileEntry file{.path = "a", .digest = sha256("bytes"), .size = 5};
  FileEntry other = file;
  other.path = "b";
  CHECK(digest_of(output("a", {file})) == sha256("bytes"));
  CHECK(digest_of(output("d/", {file})) != digest_of(output("d/", {other})));
}

TEST_CASE("stages are a chain when each waits for the one before") {
  CHECK(is_chain({waiting_stage("a"), waiting_stage("b", {"a"}), waiting_stage("c", {"a", "b"})}));
  CHECK_FALSE(is_chain({waiting_stage("a"), waiting_stage("b"), waiting_stage("c", {"a", "b"})}));
}
