#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/card_parts.hpp"
#include "reports/escape.hpp"
#include "reports/report.hpp"

namespace mlops::cli {

using app::CardOutcome;

namespace {

// The interval that a check found for a metric, where its figures tell one.
std::string interval_of(const CardOutcome& outcome, const std::string& metric) {
  for (const auto& verdict : outcome.known.verdicts) {
    for (const auto& evidence : verdict.evidence) {
      const Json* name = evidence.figures.find("metric");
      const Json* ends = evidence.figures.find("interval");
      const bool is_it = name != nullptr && name->is_string() && name->as_string() == metric && ends != nullptr &&
                         ends->is_array() && ends->as_array().size() == 2 &&
                         evidence.figures.find("difference") == nullptr;
      if (!is_it || !ends->as_array()[0].is_number() || !ends->as_array()[1].is_number()) continue;
      return fmt::format("[{}, {}]", figure_text(ends->as_array()[0].as_double()),
                         figure_text(ends->as_array()[1].as_double()));
    }
  }
  return "";
}

// Whether it stands still depends on the day on which the card is read.
std::string waiver_line(const domain::Waiver& waiver) {
  const std::string what = card_literal(waiver.condition.empty() ? waiver.check : waiver.condition);
  const std::string end = waiver.withdrawn ? fmt::format("withdrawn by {}, {}", card_prose(waiver.withdrawn->by),
                                                         rfc3339(waiver.withdrawn->at))
                                           : "until " + domain::until_text(waiver.until);
  return fmt::format("\nWaived {} for {} by {}, {}, {}: {}\n", what, card_prose(waiver.stage), card_prose(waiver.by),
                     rfc3339(waiver.at), end, card_prose(waiver.reason));
}

}  // namespace

std::string card_results(const CardOutcome& outcome) {
  CardTable table{{"metric", "value", "interval"}};
  for (const auto& [name, value] : outcome.known.summary.version.metrics) {
    table.add({card_literal(name), figure_text(value), interval_of(outcome, name)});
  }
  return table.text();
}

std::string card_gates(const CardOutcome& outcome) {
  std::string text;
  for (const auto& verdict : worst_first(outcome.known.verdicts)) {
    if (!text.empty()) text += "\n";
    text += fmt::format("**{}: {}** ({}; {}, {} by {}, gate from {})\n\n", markdown_prose(verdict.stage),
                        name_of(verdict.result), tally_text(verdict), verdict_name(verdict), rfc3339(verdict.at),
                        card_prose(verdict.by), card_prose(verdict.policy_source));
    CardTable table{{"result", "check", "wanted", "found"}};
    for (const auto& evidence : worst_first(verdict.evidence)) {
      table.add({standing_text(evidence), card_literal(evidence.check), card_literal(evidence.wanted),
                 card_literal(evidence.found)});
    }
    text += table.text();
  }
  for (const auto& approval : outcome.known.approvals) {
    text +=
        fmt::format("\n{} for {} by {}, {}\n", approval.decision == domain::Decision::approve ? "Approved" : "Rejected",
                    card_prose(approval.stage), card_prose(approval.by), rfc3339(approval.at));
  }
  for (const auto& waiver : outcome.known.waivers) text += waiver_line(waiver);
  return text;
}

std::string card_limitations(const CardOutcome& outcome) {
  std::string text;
  const store::VersionSummary& summary = outcome.known.summary;
  const auto add = [&text](std::string_view line) { text += fmt::format("- {}\n", line); };
  if (summary.deletion) add(fmt::format("Deleted {}.", rfc3339(summary.deletion->at)));
  if (summary.deprecation) add("Deprecated: " + card_prose(summary.deprecation->reason));
  for (const auto& verdict : outcome.known.verdicts) {
    for (const auto& evidence : worst_first(verdict.evidence)) {
      if (passes(evidence)) continue;
      const std::string told = why_text(evidence);
      const std::string& why = told.empty() ? evidence.found : told;
      add(fmt::format("{}, asked by the gate of {}: {}{}", card_literal(evidence.check), card_prose(verdict.stage),
                      standing_text(evidence), why.empty() ? "" : ", " + card_prose(why)));
    }
  }
  const auto& inspected = summary.version.inspected;
  if (inspected && inspected->safety != domain::Safety::allowlisted) {
    add(fmt::format("The scan of its files says {}: loading them may run code.", name_of(inspected->safety)));
  }
  if (summary.version.git && summary.version.git->dirty) {
    add("It was registered with changes that are in no commit.");
  }
  return text;
}

}  // namespace mlops::cli
