#include <mlops/domain/lineage.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/verdict.hpp>

#include <catch2/catch.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

TEST_CASE("every value of an enumeration is read back from its name") {
  for (const auto status :
       {RunStatus::running, RunStatus::succeeded, RunStatus::failed, RunStatus::interrupted, RunStatus::stopped}) {
    CHECK(parse_run_status(name_of(status)) == status);
  }
  for (const auto kind : {ChangeKind::promote, ChangeKind::rollback}) CHECK(parse_change_kind(name_of(kind)) == kind);
  for (const auto decision : {Decision::approve, Decision::reject})
    CHECK(parse_decision(name_of(decision)) == decision);
  for (const auto result : {CheckResult::passed, CheckResult::failed, CheckResult::error, CheckResult::skipped,
                            CheckResult::inconclusive}) {
    CHECK(parse_check_result(name_of(result)) == result);
  }
  for (const auto result : {VerdictResult::passed, VerdictResult::failed, VerdictResult::inconclusive}) {
    CHECK(parse_verdict_result(name_of(result)) == result);
  }
}

TEST_CASE("an unknown stored name is damage") {
  const auto error = error_of([] { parse_run_status("exploded"); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::integrity);
  CHECK(error->message() == "`exploded` is not a run status");
}

TEST_CASE("the kinds of lineage have the names of the words") {
  CHECK(name_of(NodeKind::version) == "version");
  CHECK(name_of(NodeKind::dataset) == "dataset");
  CHECK(name_of(NodeKind::run) == "run");
  CHECK(name_of(NodeKind::commit) == "commit");
  CHECK(name_of(NodeKind::stage) == "stage");
  CHECK(name_of(NodeKind::firing) == "firing");
  CHECK(name_of(NodeKind::batch) == "batch");
}

TEST_CASE("only a gate that passed every check lets a version in") {
  const auto verdict = [](std::initializer_list<CheckResult> results) {
    std::vector<Evidence> evidence;
    for (const auto result : results) {
      Evidence item;
      item.result = result;
      evidence.push_back(item);
    }
    return fold(evidence);
  };
  using enum CheckResult;
  CHECK(verdict({passed, passed}) == VerdictResult::passed);
  CHECK(verdict({passed, failed}) == VerdictResult::failed);
  CHECK(verdict({passed, error}) == VerdictResult::failed);
  CHECK(verdict({passed, skipped}) == VerdictResult::failed);
  CHECK(verdict({passed, inconclusive}) == VerdictResult::inconclusive);
  CHECK(verdict({inconclusive, failed}) == VerdictResult::failed);
  CHECK(verdict({}) == VerdictResult::inconclusive);
}
