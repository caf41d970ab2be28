// What gates decided about one version, ready to be told: to people on a page or a terminal, and to machines.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/names.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/support/json.hpp>

#include "style.hpp"

namespace mlops::cli {

// What two were compared for, told like the verdict of a gate; nothing of it is recorded.
struct ReportedComparison {
  std::string subject;  // the challenger
  std::string origin;   // "compared at 2026-11-01T09:00:00Z, holdout sha256:…"
  Json document;        // the report as JSON
};

struct Report {
  domain::VersionId version;
  std::vector<domain::Verdict> verdicts;                        // one for each gate that was asked; empty when none was
  std::optional<ReportedComparison> comparison = std::nullopt;  // then the one verdict is its result

  [[nodiscard]] std::string name() const { return comparison ? comparison->subject : version.text(); }
  [[nodiscard]] bool passed() const;  // every gate that was asked
};

enum class ReportFormat { text, json, junit, markdown, html };
// Error{usage} that lists the formats.
ReportFormat parse_report_format(std::string_view text);
// By the file's ending: .txt, .json, .xml, .md, .html. Error{usage} that lists the endings.
ReportFormat report_format_of(const std::filesystem::path& file, std::string_view flag);

// How a text stands on a terminal, or in a file.
struct TextLook {
  Style style{};
  std::size_t columns = 0;  // the width to fit; 0 for no limit
  bool utf8 = true;         // else plots are drawn in ASCII
};

// The whole report. The same report is always the same bytes: nothing in it tells when or where it was rendered.
std::string render_report(ReportFormat format, const Report& report, const TextLook& look = {});

Json report_json(const Report& report);
std::string text_report(const Report& report, const TextLook& look);
// One suite for each gate, one case for each check.
std::string junit_report(const Report& report);
// For comments and job summaries: under 64 kB, the worst first, what passed folded away.
std::string markdown_report(const Report& report);
// One page that needs nothing else: no script, no network.
std::string html_report(const Report& report);

// What the renderings share.

// What kept the version out first: error, failed, inconclusive, skipped; then what was waived, warnings, and what
// passed; otherwise in the gate's order.
std::vector<domain::Evidence> worst_first(std::vector<domain::Evidence> evidence);
std::vector<domain::Verdict> worst_first(std::vector<domain::Verdict> verdicts);
// Of the checks that refuse it.
std::size_t count_of(const domain::Verdict& verdict, domain::CheckResult result);
std::size_t count_of(const domain::Verdict& verdict, domain::Standing standing);
bool passes(const domain::Evidence& evidence);
// The reason, and what there is to say of a waiver.
std::string why_text(const domain::Evidence& evidence);
// "2 of 5 checks did not pass (1 warning, 1 waived)", "all 5 checks passed"
std::string tally_text(const domain::Verdict& verdict);
// "refused by production", "may enter staging and production", "no gate was asked"
std::string decision_text(const Report& report);
// "verdict 4", "not recorded (dry run)"
std::string verdict_name(const domain::Verdict& verdict);

}  // namespace mlops::cli
