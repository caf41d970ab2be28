// The report for a terminal or a plain file.
#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "render.hpp"
#include "reports/report.hpp"
#include "reports/text_plots.hpp"

namespace mlops::cli {

namespace {

std::string toned_result(const Style& style, domain::VerdictResult result) {
  switch (result) {
    case domain::VerdictResult::passed:
      return style.good(name_of(result));
    case domain::VerdictResult::inconclusive:
      return style.warning(name_of(result));
    case domain::VerdictResult::failed:
      return style.bad(name_of(result));
  }
  return {};
}

}  // namespace

std::string text_report(const Report& report, const TextLook& look) {
  std::string text =
      fmt::format("{}: {}\n", look.style.bold(printable(report.name())), printable(decision_text(report)));
  for (const domain::Verdict& verdict : worst_first(report.verdicts)) {
    text += fmt::format("\n{}: {}, {}\n", look.style.bold(printable(verdict.stage)),
                        toned_result(look.style, verdict.result), tally_text(verdict));
    const std::vector<domain::Evidence> evidence = worst_first(verdict.evidence);
    text += evidence_text(look.style, look.columns, evidence);
    text += evidence_plots(evidence, look);
    if (report.comparison) {
      text += look.style.faint("  " + printable(report.comparison->origin)) + "\n";
      continue;
    }
    text += look.style.faint(fmt::format("  {}, {} by {}, gate from {}", verdict_name(verdict), rfc3339(verdict.at),
                                         printable(verdict.by), printable(verdict.policy_source))) +
            "\n";
  }
  return text;
}

}  // namespace mlops::cli
