#include <mlops/domain/verdict.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/event.hpp>

using namespace mlops;
using namespace mlops::domain;

namespace {

Evidence answer(CheckResult result, Severity severity = Severity::block) {
  Evidence evidence;
  evidence.check = "smoke";
  evidence.result = result;
  evidence.severity = severity;
  return evidence;
}

Evidence waived(CheckResult result, std::string void_because = "") {
  Evidence evidence = answer(result);
  evidence.waiver = {.id = 3,
                     .by = "Grace",
                     .reason = "known drift",
                     .until = *parse_time("2026-12-31", {}),
                     .void_because = std::move(void_because)};
  return evidence;
}

}  // namespace

TEST_CASE("a warning that is not passed refuses nothing") {
  using enum CheckResult;
  CHECK(fold({answer(passed), answer(failed, Severity::warn)}) == VerdictResult::passed);
  CHECK(fold({answer(inconclusive), answer(failed, Severity::warn)}) == VerdictResult::inconclusive);
  CHECK(fold({answer(failed), answer(passed, Severity::warn)}) == VerdictResult::failed);
  CHECK(standing_text(answer(failed, Severity::warn)) == "warning (failed)");
  CHECK(standing_text(answer(passed, Severity::warn)) == "passed");
}

TEST_CASE("where nothing is asked in earnest nothing is known") {
  CHECK(fold({}) == VerdictResult::inconclusive);
  CHECK(fold({answer(CheckResult::passed, Severity::warn)}) == VerdictResult::inconclusive);
}

TEST_CASE("a waiver that counts lets in, one that does not changes nothing") {
  using enum CheckResult;
  CHECK(fold({waived(failed)}) == VerdictResult::passed);
  CHECK(fold({waived(failed), answer(inconclusive)}) == VerdictResult::inconclusive);
  CHECK(fold({waived(failed, "it expired")}) == VerdictResult::failed);
  CHECK(standing_text(waived(inconclusive)) == "waived (inconclusive)");
  CHECK(standing_text(waived(failed, "it expired")) == "failed");
  CHECK(waiver_text(waived(failed)) == "waived by Grace until 2026-12-31: known drift");
  CHECK(waiver_text(waived(failed, "it expired")) == "the waiver by Grace does not count: it expired");
}

TEST_CASE("evidence comes back from its JSON as it went") {
  const std::vector<Evidence> evidence = {answer(CheckResult::failed, Severity::warn), waived(CheckResult::failed),
                                          waived(CheckResult::error, "it expired"), answer(CheckResult::passed)};
  Json json = Json::array();
  for (const Evidence& item : evidence) json.push_back(to_json(item));
  CHECK(evidence_from_json(json) == evidence);
}

TEST_CASE("evidence from before there were warnings and waivers reads as asked in earnest") {
  const Json old = parse_json(
      R"([{"check":"x","result":"failed","wanted":"","found":"","reason":"","figures":null,"duration_ms":1}])", "old");
  const auto evidence = evidence_from_json(old);
  REQUIRE(evidence.size() == 1);
  CHECK(evidence.front().severity == Severity::block);
  CHECK_FALSE(evidence.front().waiver);
  // And events that tell of it keep their bytes.
  Verdict verdict;
  verdict.evidence = evidence;
  CHECK(event_state(verdict).at("evidence") == old);
}

TEST_CASE("an end that is a whole day is told as the day") {
  CHECK(until_text(*parse_time("2026-12-31", {})) == "2026-12-31");
  CHECK(until_text(*parse_time("2026-12-31T09:30:00Z", {})) == "2026-12-31T09:30:00Z");
}

TEST_CASE("a waiver stands up to its last moment, unless it is withdrawn") {
  Waiver waiver;
  waiver.until = {1000};
  CHECK(state_of(waiver, {1000}) == WaiverState::stands);
  CHECK(state_of(waiver, {1001}) == WaiverState::expired);
  waiver.withdrawn = Withdrawal{};
  CHECK(state_of(waiver, {999}) == WaiverState::withdrawn);
}
