#include <catch2/catch.hpp>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Decision;
using domain::Evidence;

namespace {

Evidence ask_approvals(std::int64_t wanted, bool self_approval, std::vector<domain::Approval> words) {
  domain::Gate gate;
  gate.approvals = wanted;
  gate.self_approval = self_approval;
  Facts facts = good_facts();
  facts.approvals = std::move(words);
  return approvals(gate, facts);
}

const std::string ada = "Ada <ada@example.org>";  // who registered the version
const std::string grace = "Grace <grace@example.org>";

}  // namespace

TEST_CASE("distinct people are counted") {
  const Evidence enough = ask_approvals(2, true, {word(Decision::approve, ada), word(Decision::approve, grace)});
  CHECK(enough.result == CheckResult::passed);
  CHECK(enough.wanted == "2 approvals");
  CHECK(enough.found == "2: Ada <ada@example.org>, Grace <grace@example.org>");

  const Evidence twice_the_same =
      ask_approvals(2, true, {word(Decision::approve, grace), word(Decision::approve, grace)});
  CHECK(twice_the_same.result == CheckResult::failed);
  CHECK(twice_the_same.found == "1: Grace <grace@example.org>");
  CHECK(twice_the_same.reason == "1 more needed");

  const Evidence nobody = ask_approvals(1, true, {});
  CHECK(nobody.wanted == "1 approval");
  CHECK(nobody.found == "none");
}

TEST_CASE("the registrant's own approval counts only where the gate allows it") {
  CHECK(ask_approvals(1, true, {word(Decision::approve, ada)}).result == CheckResult::passed);
  const Evidence evidence = ask_approvals(1, false, {word(Decision::approve, ada)});
  CHECK(evidence.result == CheckResult::failed);
  CHECK(evidence.found == "none");
  CHECK(evidence.reason == "1 more needed; Ada <ada@example.org> registered it, so that their own does not count");
  CHECK(ask_approvals(1, false, {word(Decision::approve, ada), word(Decision::approve, grace)}).result ==
        CheckResult::passed);
}

TEST_CASE("one rejection outweighs all approvals, until that person approves") {
  const Evidence rejected =
      ask_approvals(1, true, {word(Decision::approve, ada), word(Decision::reject, grace, "biased on age")});
  CHECK(rejected.result == CheckResult::failed);
  CHECK(rejected.reason == "rejected by Grace <grace@example.org>: biased on age");
  CHECK(ask_approvals(0, true, {word(Decision::reject, grace)}).result == CheckResult::failed);
  CHECK(ask_approvals(1, false, {word(Decision::reject, ada), word(Decision::approve, grace)}).result ==
        CheckResult::failed);

  CHECK(ask_approvals(1, true, {word(Decision::reject, grace), word(Decision::approve, grace)}).result ==
        CheckResult::passed);
  CHECK(ask_approvals(1, true, {word(Decision::approve, grace), word(Decision::reject, grace)}).result ==
        CheckResult::failed);
}
