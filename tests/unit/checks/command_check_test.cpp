#include <catch2/catch.hpp>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

namespace {

Evidence answer(const CommandOutcome& outcome) {
  Facts facts = good_facts();
  facts.run_command = [&](const domain::CommandCheck&) { return outcome; };
  return command_check({.name = "smoke", .command = {"true"}, .timeout_seconds = 90}, facts);
}

}  // namespace

TEST_CASE("a command check passes with exit code 0 and keeps its figures") {
  CommandOutcome outcome;
  outcome.exit_code = 0;
  outcome.figures = Json::object({{"latency_ms", 3.5}});
  const Evidence evidence = answer(outcome);
  CHECK(evidence.check == "smoke");
  CHECK(evidence.result == CheckResult::passed);
  CHECK(evidence.found == "exit code 0");
  CHECK(evidence.figures == outcome.figures);
}

TEST_CASE("a command check that says no fails with its last line") {
  CommandOutcome outcome;
  outcome.exit_code = 3;
  outcome.last_output = "loading\nlatency is \x1b[31m25 ms\x1b[0m\n\n";
  CHECK(answer(outcome).result == CheckResult::failed);
  CHECK(answer(outcome).found == "exit code 3");
  CHECK(answer(outcome).reason == "latency is \\x1b[31m25 ms\\x1b[0m");
  outcome.last_output = "";
  CHECK(answer(outcome).reason == "it said nothing");
}

TEST_CASE("a command check that gave no answer is an error") {
  CommandOutcome timed_out;
  timed_out.timed_out = true;
  timed_out.exit_code = 0;
  CHECK(answer(timed_out).result == CheckResult::error);
  CHECK(answer(timed_out).reason == "it was stopped after 1 min 30 s");

  CHECK(answer({}).result == CheckResult::error);
  CHECK(answer({}).reason == "it could not be started");

  CommandOutcome crashed;
  crashed.exit_code = 139;
  crashed.failure = "killed by signal 11";
  CHECK(answer(crashed).result == CheckResult::error);
  CHECK(answer(crashed).reason == "killed by signal 11");

  CommandOutcome odd_figures;
  odd_figures.exit_code = 0;
  odd_figures.figures = Json::array({Json{1}});
  CHECK(answer(odd_figures).result == CheckResult::error);
  CHECK(answer(odd_figures).figures.is_null());
}
