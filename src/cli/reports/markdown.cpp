// Markdown as GitHub and GitLab render it, small enough for a comment.
#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/escape.hpp"
#include "reports/report.hpp"
#include "reports/text_plots.hpp"

namespace mlops::cli {

namespace {

using domain::CheckResult;
using domain::Evidence;
using domain::Verdict;

// GitHub takes 65,536 characters in a comment; some room is left for what a workflow writes around ours.
constexpr std::size_t most_bytes = 60'000;
constexpr std::size_t longest_value = 300;
constexpr std::size_t longest_reason = 1'000;
constexpr std::size_t longest_plots = 6'000;

std::string_view sign_of(CheckResult result) {
  switch (result) {
    case CheckResult::passed:
      return "✅";
    case CheckResult::failed:
    case CheckResult::error:
      return "❌";
    case CheckResult::inconclusive:
      return "❔";
    case CheckResult::skipped:
      return "⏭️";
  }
  return "";
}

std::string_view sign_of(domain::VerdictResult result) {
  switch (result) {
    case domain::VerdictResult::passed:
      return "✅";
    case domain::VerdictResult::failed:
      return "❌";
    case domain::VerdictResult::inconclusive:
      return "❔";
  }
  return "";
}

// Grows up to its limit; what no longer fits is left out as a whole, and counted by the caller.
class BoundedPage {
 public:
  // `reserve`: bytes that stay free for what must still come.
  bool add(std::string_view text, std::size_t reserve = 0) {
    if (text_.size() + text.size() + reserve > most_bytes) return false;
    text_ += text;
    return true;
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

constexpr std::string_view table_head = "| result | check | wanted | found | why |\n|---|---|---|---|---|\n";

std::string_view sign_of(const Evidence& evidence) {
  switch (standing_of(evidence)) {
    case domain::Standing::warns:
      return "⚠️";
    case domain::Standing::waived:
      return "🟡";
    default:
      return sign_of(evidence.result);
  }
}

std::string check_row(const Evidence& evidence) {
  return fmt::format("| {} {} | {} | {} | {} | {} |\n", sign_of(evidence), standing_text(evidence),
                     markdown_code(shortened(evidence.check, longest_value)),
                     markdown_code(shortened(evidence.wanted, longest_value)),
                     markdown_code(shortened(evidence.found, longest_value)),
                     markdown_prose(shortened(why_text(evidence), longest_reason)));
}

constexpr std::size_t end_reserve = 600;  // closing tags and the sentence about what was left out

void add_rows(BoundedPage& page, const std::vector<Evidence>& evidence) {
  std::size_t left_out = 0;
  for (const Evidence& item : evidence) {
    if (left_out > 0 || !page.add(check_row(item), end_reserve)) ++left_out;
  }
  if (left_out > 0) page.add(fmt::format("\n… and {} more, which would not fit here.\n", left_out));
}

// A folded block; hostile names can't end the fence of its code, for they lose their marks.
void add_plots(BoundedPage& page, const std::vector<Evidence>& evidence) {
  std::string plots = evidence_plots(evidence, {});
  if (plots.empty()) return;
  std::ranges::replace(plots, '`', '\'');
  page.add(fmt::format("\n<details><summary>plots</summary>\n\n```text\n{}\n```\n\n</details>\n",
                       trim(shortened(plots, longest_plots))),
           end_reserve);
}

std::string origin_line(const Verdict& verdict) {
  const auto value = [](std::string_view text) { return markdown_prose(shortened(text, longest_value)); };
  return fmt::format("\n{}, {} by {}, gate from {}, mlops {}\n", verdict_name(verdict), rfc3339(verdict.at),
                     value(verdict.by), value(verdict.policy_source), value(verdict.tool_version));
}

void add_gate(BoundedPage& page, const Report& report, const Verdict& verdict) {
  const std::string heading = fmt::format("\n## {} {}: {}\n\n{}\n", sign_of(verdict.result),
                                          markdown_prose(verdict.stage), name_of(verdict.result), tally_text(verdict));
  const std::string origin =
      report.comparison ? fmt::format("\n{}\n", markdown_prose(shortened(report.comparison->origin, longest_reason)))
                        : origin_line(verdict);
  if (!page.add(heading + origin, end_reserve)) return;
  const std::vector<Evidence> sorted = worst_first(verdict.evidence);
  const auto first_passed = std::ranges::find_if(sorted, passes);
  const std::vector<Evidence> bad{sorted.begin(), first_passed};
  const std::vector<Evidence> good{first_passed, sorted.end()};
  if (!bad.empty() && page.add(fmt::format("\n{}", table_head), end_reserve)) add_rows(page, bad);
  add_plots(page, bad);
  if (good.empty()) return;
  const std::string fold = fmt::format("\n<details><summary>{} passed</summary>\n\n{}", good.size(), table_head);
  if (!page.add(fold, end_reserve)) return;
  add_rows(page, good);
  page.add("\n</details>\n");
}

}  // namespace

std::string markdown_report(const Report& report) {
  BoundedPage page;
  page.add(fmt::format("# {} {}: {}\n", report.passed() ? "✅" : "❌", markdown_prose(report.name()),
                       markdown_prose(shortened(decision_text(report), longest_reason))));
  for (const Verdict& verdict : worst_first(report.verdicts)) add_gate(page, report, verdict);
  return std::move(page).take();
}

}  // namespace mlops::cli
