#include "stages/dependencies.hpp"

#include <catch2/catch.hpp>

#include "stages/plan.hpp"

namespace mlops::app {
namespace {

domain::StageRun stage_named(std::string name) {
  domain::StageRun stage;
  stage.name = std::move(name);
  stage.command_template = {"cp", "{inputs.clean}", "{outputs.model}", "{params.lr}"};
  return stage;
}

TEST_CASE("two lists of dependencies differ in words") {
  const Dependencies before{{"param lr", "0.1"}, {"code a.py", "sha256:1"}, {"lock uv.lock", "sha256:2"}};
  CHECK(change_text(before, before).empty());
  CHECK(change_text(before, {{"param lr", "0.2"}, {"code a.py", "sha256:3"}, {"input raw", "x"}}) ==
        "code a.py has changed; input raw is new; param lr is 0.2, was 0.1; 1 more");
  CHECK(change_text(before, {}) == "code a.py is gone; lock uv.lock is gone; param lr is gone");
}

TEST_CASE("hostile values can't drive a terminal") {
  CHECK(change_text({{"param a", "1"}}, {{"param a", "\x1b[2J"}}) == "param a is \\x1b[2J, was 1");
}

TEST_CASE("the key is another one as soon as one thing is") {
  CHECK(key_of({{"seed", "1"}}) == key_of({{"seed", "1"}}));
  CHECK(key_of({{"seed", "1"}}) != key_of({{"seed", "2"}}));
  CHECK(key_of({{"seed", "1"}}) != key_of({{"seeds", "1"}}));
}

TEST_CASE("a stage that ran elsewhere depended on the interpreter that it had there") {
  CommandPlan whole;
  domain::StageRun prepare = stage_named("prepare");
  prepare.outputs = {{.name = "clean", .path = "clean.csv", .files = {{"clean.csv", sha256("data"), 4, false}}}};
  domain::StageRun train = stage_named("train");
  train.needs = {"prepare"};
  train.depends = {
      {"seed", "7"}, {"interpreter", "3.11.2"}, {"packages", "sha256:1"}, {"output clean of prepare", "as before"}};
  whole.execution.stages = {prepare, train};
  const Json there = parse_json(R"({"interpreter": {"version": "3.12.1"}, "packages": {"numpy": "2.1"}})", "a test");
  const Dependencies expected{{"seed", "7"},
                              {"interpreter", "3.12.1"},
                              {"packages", sha256(R"({"numpy":"2.1"})").text()},
                              {"output clean of prepare", "clean.csv " + sha256("data").text()}};
  CHECK(dependencies_there(whole, train, there) == expected);
  CHECK_FALSE(dependencies_there(whole, train, Json{}).contains("interpreter"));
  CHECK_FALSE(dependencies_there(whole, train, Json::array()).contains("packages"));
  // A lock file says it for every machine.
  whole.execution.conduct.environment.lock = "uv.lock";
  train.depends = {{"lock uv.lock", "sha256:2"}};
  CHECK(dependencies_there(whole, train, there).at("lock uv.lock") == "sha256:2");
  CHECK_FALSE(dependencies_there(whole, train, there).contains("interpreter"));
}

TEST_CASE("the command of a stage sees what is its own and what was made before it") {
  CommandPlan whole;
  whole.directory = "/project";
  whole.run.params = {{"lr", Json{0.1}}, {"secret", Json{"other"}}};
  domain::StageRun prepare = stage_named("prepare");
  prepare.writes = {{"clean", "tables/clean.csv"}};
  domain::StageRun train = stage_named("train");
  train.needs = {"prepare"};
  train.params = {"lr"};
  train.writes = {{"model", "model/"}};
  whole.execution.stages = {prepare, train};

  const CommandPlan command = command_of_stage(whole, train);
  CHECK(command.run.command == std::vector<std::string>{"cp", "tables/clean.csv", "model/", "0.1"});
  CHECK(command.run.params == domain::Params{{"lr", Json{0.1}}});
  REQUIRE(command.inputs.size() == 1);
  CHECK(command.inputs.front().second == "/project/tables/clean.csv");
}

TEST_CASE("after a crash what was done stays done, and what was in the middle is tried again") {
  std::vector<domain::StageRun> stages{stage_named("a"), stage_named("b"), stage_named("c")};
  stages[0].status = domain::StageStatus::reused;
  stages[1].status = domain::StageStatus::running;
  stages[2].status = domain::StageStatus::interrupted;
  take_up_stages(stages, true);
  CHECK(stages[0].status == domain::StageStatus::reused);
  CHECK(stages[1].status == domain::StageStatus::waiting);
  CHECK(stages[1].attempts.size() == 1);
  CHECK(stages[2].status == domain::StageStatus::waiting);
  CHECK(stages[2].attempts.empty());
}

}  // namespace
}  // namespace mlops::app
