#include "reports/report.hpp"

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "unit/cli/reports/reports_for_tests.hpp"

namespace mlops::cli {
namespace {

using domain::CheckResult;

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST_CASE("a format is known by its name and a file's by its ending") {
  CHECK(parse_report_format("junit") == ReportFormat::junit);
  CHECK(report_format_of("out/Gate.HTML", "--report") == ReportFormat::html);
  CHECK(report_format_of("a.b.md", "--report") == ReportFormat::markdown);
  CHECK_THROWS_AS(parse_report_format("pdf"), Error);
  CHECK_THROWS_AS(report_format_of("gate", "--report"), Error);
}

TEST_CASE("what kept the version out comes first, otherwise in the gate's order") {
  const auto sorted = worst_first({evidence_of("a", CheckResult::passed), evidence_of("b", CheckResult::skipped),
                                   evidence_of("c", CheckResult::failed), evidence_of("d", CheckResult::inconclusive),
                                   evidence_of("e", CheckResult::error), evidence_of("f", CheckResult::failed)});
  std::string order;
  for (const auto& evidence : sorted) order += evidence.check;
  CHECK(order == "ecfdba");
}

TEST_CASE("JUnit: an inconclusive check is a failure of its own type, an error an error, a skipped one skipped") {
  const std::string xml = junit_report(
      report_of({evidence_of("a", CheckResult::passed), evidence_of("b", CheckResult::failed, "no"),
                 evidence_of("c", CheckResult::error, "crash"), evidence_of("d", CheckResult::skipped, "later"),
                 evidence_of("e", CheckResult::inconclusive, "needs 300 more rows")}));
  CHECK(holds(xml, R"(tests="5" failures="2" errors="1" skipped="1" time="0.060")"));
  CHECK(holds(xml, R"(<failure type="failed" message="no">)"));
  CHECK(holds(xml, R"(<failure type="inconclusive" message="needs 300 more rows">)"));
  CHECK(holds(xml, R"(<error type="error" message="crash">)"));
  CHECK(holds(xml, R"(<skipped message="later"/>)"));
  CHECK(holds(xml, R"(timestamp="2026-11-01T09:00:00">)"));
}

TEST_CASE("JUnit: a warning and a waived check are skipped cases, which fail nothing and show their message") {
  const std::string xml =
      junit_report(report_of({evidence_of("a", CheckResult::passed), warned("b", CheckResult::failed, "low"),
                              waived("c", CheckResult::error, "crash")}));
  CHECK(holds(xml, R"(tests="3" failures="0" errors="0" skipped="2")"));
  CHECK(holds(xml, R"(<skipped message="warning (failed): low"/>)"));
  CHECK(holds(xml, R"(<skipped message="waived (error): crash; waived by Bob until 2026-12-31: known drift"/>)"));
  CHECK(holds(xml, "<system-out>wanted: auc &gt;= 0.95\nfound:  0.93\nlow\n</system-out>"));
}

TEST_CASE("warnings and waivers stand between what refuses and what passed, and are counted") {
  const domain::Verdict verdict =
      verdict_of("production", {evidence_of("a", CheckResult::passed), warned("b", CheckResult::failed),
                                waived("c", CheckResult::failed), evidence_of("d", CheckResult::inconclusive)});
  CHECK(tally_text(verdict) == "3 of 4 checks did not pass (1 warning, 1 waived)");
  std::string order;
  for (const auto& evidence : worst_first(verdict.evidence)) order += evidence.check;
  CHECK(order == "dcba");
  const std::string page = markdown_report({{"churn", 7}, {verdict}});
  CHECK(holds(page, "⚠️ warning (failed)"));
  CHECK(holds(page, "🟡 waived (failed)"));
  const std::string html = html_report({{"churn", 7}, {verdict}});
  CHECK(holds(html, R"(<article class="warning">)"));
  CHECK(holds(html, "<dt>waiver</dt><dd class=\"why\">waived by Bob until 2026-12-31: known drift</dd>"));
  CHECK(holds(text_report({{"churn", 7}, {verdict}}, {}), "c: waived by Bob until 2026-12-31: known drift"));
}

TEST_CASE("JUnit: cases of one name are told apart by what they want, and else numbered") {
  const std::string xml =
      junit_report(report_of({evidence_of("m", CheckResult::passed), evidence_of("m", CheckResult::passed),
                              evidence_of("n", CheckResult::passed)}));
  CHECK(holds(xml, R"x(name="m (auc &gt;= 0.95)")x"));
  CHECK(holds(xml, R"x(name="m (auc &gt;= 0.95) #2")x"));
  CHECK(holds(xml, R"(name="n")"));
}

TEST_CASE("no rendering lets hostile text out of its place") {
  const std::string attack = "]]></failure><script>alert(1)</script>\x01\xff\n| `x` | @ada\x1b[2J";
  domain::Evidence evidence = evidence_of(attack, CheckResult::failed, attack);
  evidence.found = attack;
  evidence.wanted = attack;
  domain::Verdict verdict = verdict_of("production", {evidence});
  verdict.by = attack;
  verdict.policy_source = attack;
  const Report report{{"churn", 7}, {verdict}};
  for (const ReportFormat format :
       {ReportFormat::text, ReportFormat::junit, ReportFormat::markdown, ReportFormat::html}) {
    const std::string text = render_report(format, report);
    CHECK(is_valid_utf8(text));
    CHECK(text.find('\x01') == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    if (format == ReportFormat::junit || format == ReportFormat::html) CHECK_FALSE(holds(text, "<script>"));
  }
  // In Markdown the check and the figures stand in code, the reason is escaped.
  CHECK(holds(markdown_report(report), "&lt;script&gt;alert\\(1\\)&lt;/script&gt;"));
  CHECK(holds(markdown_report(report), "@&#8203;ada"));
}

TEST_CASE("a comparison of two is told like a gate, and files may be called anything") {
  const std::string name = "a<b>\x1b[2J.csv";
  Report report{{}, {verdict_of("against old.csv", {evidence_of("auc", CheckResult::inconclusive, "too few rows")})}};
  report.verdicts.front().result = domain::VerdictResult::inconclusive;
  report.comparison = ReportedComparison{name, "compared by Ada, files " + name, Json::object({{"rows", 3}})};
  for (const ReportFormat format :
       {ReportFormat::text, ReportFormat::junit, ReportFormat::markdown, ReportFormat::html}) {
    const std::string text = render_report(format, report);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(holds(text, "inconclusive"));
    CHECK_FALSE(holds(text, "not recorded"));
    if (format != ReportFormat::text) CHECK_FALSE(holds(text, "a<b>"));
  }
  CHECK(holds(text_report(report, {}), "inconclusive against old.csv"));
  CHECK(holds(junit_report(report), "old.csv\" name=\"auc\""));
  CHECK(render_report(ReportFormat::json, report) == "{\n  \"rows\": 3\n}\n");
}

TEST_CASE("Markdown fits a comment, the worst in it, and counts what it leaves out") {
  std::vector<domain::Evidence> evidence;
  for (int i = 0; i < 2000; ++i) evidence.push_back(evidence_of("passes", CheckResult::passed, std::string(500, 'x')));
  for (int i = 0; i < 2000; ++i) evidence.push_back(evidence_of("fails", CheckResult::failed, std::string(5000, '|')));
  evidence.push_back(evidence_of("crashes", CheckResult::error));
  const std::string text = markdown_report(report_of(evidence));
  CHECK(text.size() < 64'000);
  CHECK(text.find("crashes") < text.find("fails"));
  CHECK(holds(text, " more, which would not fit here."));
  CHECK(holds(text, "2001 of 4001 checks did not pass"));
}

TEST_CASE("the page has the decision on top, then what failed with its reason, then what passed") {
  const std::string html = html_report(report_of({evidence_of("files.safe", CheckResult::passed),
                                                  evidence_of("metrics.auc", CheckResult::failed, "below by 0.02")}));
  CHECK(html.starts_with("<!DOCTYPE html>\n"));
  CHECK(html.find("<h1>churn@7: <span class=\"result\">refused by production</span></h1>") < html.find("metrics.auc"));
  CHECK(html.find("below by 0.02") < html.find("files.safe"));
  CHECK_FALSE(holds(html, "<script"));
  CHECK_FALSE(holds(html, "href"));
  CHECK(holds(html, "verdict 4, 2026-11-01T09:00:00Z by Ada &lt;ada@example.org&gt;"));
}

TEST_CASE("the same report is the same bytes, and a dry run says that nothing is recorded") {
  Report report = report_of({evidence_of("bad", CheckResult::failed)});
  for (const ReportFormat format :
       {ReportFormat::text, ReportFormat::json, ReportFormat::junit, ReportFormat::markdown, ReportFormat::html}) {
    CHECK(render_report(format, report) == render_report(format, report));
  }
  report.verdicts.front().id = 0;
  CHECK(holds(html_report(report), "not recorded (dry run)"));
}

TEST_CASE("without a verdict every format is still whole") {
  const Report report{{"churn", 7}, {}};
  CHECK(holds(junit_report(report), R"(tests="0")"));
  CHECK(holds(html_report(report), "no gate was asked"));
  CHECK(holds(markdown_report(report), "no gate was asked"));
  CHECK(text_report(report, {}) == "churn@7: no gate was asked\n");
}

}  // namespace
}  // namespace mlops::cli
