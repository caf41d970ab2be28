#include <catch2/catch.hpp>

#include <stdexcept>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::Evidence;
using domain::Standing;

namespace {

domain::Waiver waiver_of(const std::string& check, const std::string& condition = "") {
  domain::Waiver waiver;
  waiver.id = 3;
  waiver.stage = "production";
  waiver.check = check;
  waiver.condition = condition;
  waiver.reason = "known drift";
  waiver.until = {2000};
  waiver.by = "Bob <bob@example.org>";
  return waiver;
}

// Version 2 has an accuracy of 0.931.
domain::Gate strict_gate() {
  domain::Gate gate;
  gate.stage = "production";
  gate.metrics = {condition("accuracy >= 0.95")};
  return gate;
}

Evidence asked(const domain::Gate& gate, const domain::Waiver& waiver, Facts facts = good_facts()) {
  facts.now = {1000};
  facts.waivers.push_back(waiver);
  return ask(gate, {}, facts).front();
}

std::string void_reason(const domain::Gate& gate, const domain::Waiver& waiver) {
  const Evidence evidence = asked(gate, waiver);
  CHECK(standing_of(evidence) == Standing::refuses);
  return evidence.waiver ? evidence.waiver->void_because : "no waiver met";
}

}  // namespace

TEST_CASE("a check that is not passed is shown as failed, and as waived by whom, why and until when") {
  const Evidence evidence = asked(strict_gate(), waiver_of("metrics.accuracy"));
  CHECK(evidence.result == domain::CheckResult::failed);
  CHECK(standing_of(evidence) == Standing::waived);
  REQUIRE(evidence.waiver);
  CHECK(*evidence.waiver ==
        domain::MetWaiver{
            .id = 3, .by = "Bob <bob@example.org>", .reason = "known drift", .until = {2000}, .void_because = ""});
}

TEST_CASE("a waiver of one condition says nothing about another") {
  CHECK(standing_of(asked(strict_gate(), waiver_of("metrics.accuracy", "accuracy >= 0.95"))) == Standing::waived);
  CHECK(void_reason(strict_gate(), waiver_of("metrics.accuracy", "accuracy >= 0.94")) == "no waiver met");
  CHECK(void_reason(strict_gate(), waiver_of("metrics.auc")) == "no waiver met");
}

TEST_CASE("an expired waiver is told, and counts for nothing") {
  domain::Waiver waiver = waiver_of("metrics.accuracy");
  waiver.until = {999};
  CHECK(void_reason(strict_gate(), waiver) == "it expired at 1970-01-01T00:00:00.999Z");
}

TEST_CASE("a withdrawn waiver is as if never given") {
  domain::Waiver waiver = waiver_of("metrics.accuracy");
  waiver.withdrawn = domain::Withdrawal{};
  CHECK(void_reason(strict_gate(), waiver) == "no waiver met");
}

TEST_CASE("a gate may forbid waivers") {
  domain::Gate none = strict_gate();
  none.waivers = false;
  CHECK(void_reason(none, waiver_of("metrics.accuracy")) == "the gate of production allows no waivers");
  domain::Gate some = strict_gate();
  some.never_waived = {"metrics.accuracy"};
  CHECK(void_reason(some, waiver_of("metrics.accuracy")) ==
        "the gate of production lets nobody waive metrics.accuracy");
}

TEST_CASE("where one's own approval does not count, neither does one's own waiver") {
  domain::Gate gate = strict_gate();
  gate.self_approval = false;
  domain::Waiver waiver = waiver_of("metrics.accuracy");
  CHECK(standing_of(asked(gate, waiver)) == Standing::waived);
  waiver.by = "Ada <ada@example.org>";
  CHECK(void_reason(gate, waiver) == "they registered cancer@2");
  waiver.by = "Grace <grace@example.org>";
  CHECK(void_reason(gate, waiver) == "they ask for cancer@2 to enter");
  gate.self_approval = true;
  CHECK(standing_of(asked(gate, waiver)) == Standing::waived);
}

TEST_CASE("of several waivers the newest that counts is met") {
  Facts facts = good_facts();
  domain::Waiver expired = waiver_of("metrics.accuracy");
  expired.id = 4;
  expired.until = {1};
  facts.waivers = {waiver_of("metrics.accuracy")};
  CHECK(asked(strict_gate(), expired, facts).waiver->id == 3);
  domain::Waiver newer = waiver_of("metrics.accuracy");
  newer.id = 5;
  CHECK(asked(strict_gate(), newer, facts).waiver->id == 5);
}

TEST_CASE("damaged files and missing approvals are never waived, whatever the registry holds") {
  domain::Gate gate;
  gate.stage = "production";
  gate.checks = {"artifacts.intact"};
  Facts facts = good_facts();
  facts.file_states = [] { return std::vector<FileState>{{"model.bin", "damaged"}}; };
  CHECK(standing_of(asked(gate, waiver_of("artifacts.intact"), facts)) == Standing::refuses);
  gate.checks.clear();
  gate.approvals = 1;
  CHECK(standing_of(asked(gate, waiver_of("approvals"), facts)) == Standing::refuses);
}

TEST_CASE("whoever waives the scan answers for loading the files") {
  domain::Gate gate;
  gate.stage = "production";
  gate.checks = {"files.safe", "smoke"};
  const std::map<std::string, domain::CommandCheck> commands = {{"smoke", {.name = "smoke", .command = {"true"}}}};
  Facts facts = good_facts();
  facts.now = {1000};
  facts.scanned_files = [] {
    return std::vector<ScannedFile>{{"model.pkl", domain::Safety::unknown, "imports acme.Model"}};
  };
  CHECK(ask(gate, commands, facts).back().result == domain::CheckResult::skipped);
  facts.waivers = {waiver_of("files.safe")};
  CHECK(ask(gate, commands, facts).back().result == domain::CheckResult::passed);
}

TEST_CASE("a warning asks the same, and no waiver is looked for") {
  domain::Gate gate;
  gate.stage = "production";
  gate.checks = {"git.clean"};
  gate.warn.metrics = {condition("accuracy >= 0.95")};
  Facts facts = good_facts();
  facts.now = {1000};
  facts.waivers = {waiver_of("metrics.accuracy")};
  const auto evidence = ask(gate, {}, facts);
  REQUIRE(evidence.size() == 2);
  CHECK(evidence[1].result == domain::CheckResult::failed);
  CHECK(standing_of(evidence[1]) == Standing::warns);
  CHECK_FALSE(evidence[1].waiver);
  CHECK(fold(evidence) == domain::VerdictResult::passed);
}

TEST_CASE("evidence that was found for a warning does not stay one where it is asked in earnest") {
  domain::Gate gate;
  gate.stage = "production";
  gate.checks = {"smoke"};
  Facts facts = good_facts();
  facts.earlier = [](const std::string& check) -> std::optional<Evidence> {
    Evidence evidence;
    evidence.check = check;
    evidence.result = domain::CheckResult::passed;
    evidence.severity = domain::Severity::warn;
    return evidence;
  };
  const std::map<std::string, domain::CommandCheck> commands = {{"smoke", {.name = "smoke", .command = {"true"}}}};
  CHECK(ask(gate, commands, facts).front().severity == domain::Severity::block);
}
