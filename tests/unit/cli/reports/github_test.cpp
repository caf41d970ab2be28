#include "reports/github.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "unit/cli/reports/reports_for_tests.hpp"

namespace mlops::cli {
namespace {

using domain::CheckResult;

TEST_CASE("an annotation is one line, whatever the reason holds") {
  const Report report = report_of({evidence_of("smoke", CheckResult::failed, "50%: a\n::error::b")});
  CHECK(github_annotations(report) ==
        "::error title=churn@7 production%3A smoke::failed: wanted auc >= 0.95, found 0.93%0A50%25: a%0A::error::b\n");
}

TEST_CASE("what passed or was skipped is not annotated; the worst comes first") {
  const Report report = report_of({evidence_of("a", CheckResult::passed), evidence_of("b", CheckResult::inconclusive),
                                   evidence_of("c", CheckResult::skipped), evidence_of("d", CheckResult::error)});
  const std::string text = github_annotations(report);
  CHECK(text.find(" a::") == std::string::npos);
  CHECK(text.find(" c::") == std::string::npos);
  CHECK(text.find(" d::error") < text.find(" b::inconclusive"));
}

TEST_CASE("what is waived, and a warning, is a warning after all errors") {
  const Report report = report_of({warned("a", CheckResult::failed, "low"), waived("b", CheckResult::failed, "low"),
                                   evidence_of("c", CheckResult::failed), warned("d", CheckResult::passed)});
  CHECK(github_annotations(report) ==
        "::error title=churn@7 production%3A c::failed: wanted auc >= 0.95, found 0.93\n"
        "::warning title=churn@7 production%3A b::waived (failed): wanted auc >= 0.95, found 0.93%0Alow; waived by Bob "
        "until 2026-12-31: known drift\n"
        "::warning title=churn@7 production%3A a::warning (failed): wanted auc >= 0.95, found 0.93%0Alow\n");
}

TEST_CASE("GitHub shows ten: the last of them counts the others") {
  std::vector<domain::Evidence> evidence(10, evidence_of("a", CheckResult::failed));
  CHECK(github_annotations(report_of(evidence)).find("more checks") == std::string::npos);
  evidence.push_back(evidence.front());
  const std::string text = github_annotations(report_of(evidence));
  CHECK(std::count(text.begin(), text.end(), '\n') == 10);
  CHECK(text.ends_with("and 2 more checks did not pass\n"));
}

}  // namespace
}  // namespace mlops::cli
