#include <catch2/catch.hpp>

#include <stdexcept>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

namespace {

const std::map<std::string, domain::CommandCheck> commands = {
    {"smoke", {.name = "smoke", .command = {"true"}, .timeout_seconds = 60}}};

domain::Gate full_gate() {
  domain::Gate gate;
  gate.stage = "production";
  gate.after = "staging";
  gate.checks = {"artifacts.intact", "git.clean", "smoke"};
  gate.reachable_from = "main";
  gate.required = {"message"};
  gate.metrics = {condition("accuracy >= 0.9")};
  gate.approvals = 1;
  return gate;
}

// "CHECK RESULT", one for each answer.
std::vector<std::string> answers(const domain::Gate& gate, const Facts& facts) {
  std::vector<std::string> result;
  for (const Evidence& evidence : ask(gate, commands, facts)) {
    result.push_back(evidence.check + " " + std::string{name_of(evidence.result)});
  }
  return result;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a gate asks all its questions in their order") {
  Facts facts = good_facts();
  facts.approvals = {word(domain::Decision::approve, "Grace")};
  CHECK(answers(full_gate(), facts) == Lines{"after.staging passed", "artifacts.intact passed", "git.clean passed",
                                             "smoke passed", "git.reachable passed", "required.message passed",
                                             "metrics.accuracy passed", "approvals passed"});
  CHECK(fold(ask(full_gate(), commands, facts)) == domain::VerdictResult::passed);
}

TEST_CASE("one failure does not keep the other questions from being asked") {
  Facts facts = good_facts();
  facts.has_held_after = false;
  facts.version.metrics["accuracy"] = 0.5;
  facts.deprecation = domain::Deprecation{.reason = "old", .at = {}, .by = "Grace"};
  CHECK(answers(full_gate(), facts) == Lines{"not_deprecated failed", "after.staging failed", "artifacts.intact passed",
                                             "git.clean passed", "smoke passed", "git.reachable passed",
                                             "required.message passed", "metrics.accuracy failed", "approvals failed"});
}

TEST_CASE("whatever a question throws is an error with its reason, not a crash") {
  Facts facts = good_facts();
  facts.file_states = []() -> std::vector<FileState> { throw Error{ErrorKind::unavailable, "the store is locked"}; };
  facts.reachable = [](const std::string&) -> std::optional<bool> { throw std::runtime_error{"no such repository"}; };
  facts.holder = {};
  domain::Gate gate;
  gate.checks = {"artifacts.intact", "git.clean"};
  gate.reachable_from = "main";
  gate.metrics = {condition("accuracy >= production.accuracy")};
  const auto evidence = ask(gate, commands, facts);
  REQUIRE(evidence.size() == 4);
  CHECK(evidence[0].result == CheckResult::error);
  CHECK(evidence[0].reason == "the store is locked");
  CHECK(evidence[1].result == CheckResult::passed);
  CHECK(evidence[2].result == CheckResult::error);
  CHECK(evidence[2].reason == "no such repository");
  CHECK(evidence[2].wanted == "commit reachable from main");
  CHECK(evidence[3].result == CheckResult::error);
  CHECK(fold(evidence) == domain::VerdictResult::failed);
}

TEST_CASE("an interruption ends the questions") {
  Facts facts = good_facts();
  facts.run_command = [](const domain::CommandCheck&) -> CommandOutcome {
    throw Error{ErrorKind::interrupted, "interrupted"};
  };
  domain::Gate gate;
  gate.checks = {"smoke"};
  CHECK_THROWS_AS(ask(gate, commands, facts), Error);
}

TEST_CASE("a command is not run on files that are not intact") {
  Facts facts = good_facts();
  facts.file_states = [] { return std::vector<FileState>{{"model.bin", "damaged"}}; };
  facts.run_command = [](const domain::CommandCheck&) -> CommandOutcome { throw std::logic_error{"run"}; };
  domain::Gate gate;
  gate.checks = {"artifacts.intact", "smoke"};
  CHECK(answers(gate, facts) == Lines{"artifacts.intact failed", "smoke skipped"});
}

TEST_CASE("nothing that would load unsafe files is run, wherever the gate lists the scan") {
  Facts facts = good_facts();
  facts.scanned_files = [] {
    return std::vector<ScannedFile>{{"model.pkl", domain::Safety::dangerous, "imports posix.system"}};
  };
  facts.run_command = [](const domain::CommandCheck&) -> CommandOutcome { throw std::logic_error{"run"}; };
  facts.measure = [](const domain::PredictionCondition&) -> Measurement { throw std::logic_error{"run"}; };
  domain::Gate gate;
  gate.checks = {"smoke", "files.safe"};
  gate.predictions = {domain::parse_prediction_condition("accuracy >= 0.9", [](std::string_view) { return false; })};
  CHECK(answers(gate, facts) == Lines{"files.safe failed", "smoke skipped", "predictions.accuracy skipped"});
}

TEST_CASE("a command check with evidence that still holds is not run again") {
  Facts facts = good_facts();
  facts.run_command = [](const domain::CommandCheck&) -> CommandOutcome { throw std::runtime_error{"was run"}; };
  facts.earlier = [](const std::string& check) -> std::optional<Evidence> {
    Evidence evidence;
    evidence.check = check;
    evidence.result = CheckResult::passed;
    evidence.reason = "from verdict 3";
    return evidence;
  };
  domain::Gate gate;
  gate.checks = {"smoke", "artifacts.intact"};
  const auto evidence = ask(gate, commands, facts);
  CHECK(evidence.back().reason == "from verdict 3");
  CHECK(answers(gate, facts) == Lines{"artifacts.intact passed", "smoke passed"});
}

TEST_CASE("a check that nobody knows is an error") {
  domain::Gate gate;
  gate.checks = {"smok"};
  CHECK(answers(gate, good_facts()) == Lines{"smok error"});
}

TEST_CASE("a rejection counts where no approval is asked for") {
  Facts facts = good_facts();
  domain::Gate gate;
  gate.checks = {"git.clean"};
  CHECK(answers(gate, facts) == Lines{"git.clean passed"});
  facts.approvals = {word(domain::Decision::reject, "Grace", "biased")};
  CHECK(answers(gate, facts) == Lines{"git.clean passed", "approvals failed"});
}
