#include "reports/report.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::cli {

using domain::CheckResult;
using domain::Evidence;
using domain::Verdict;
using domain::VerdictResult;

namespace {

struct FormatName {
  ReportFormat format;
  std::string_view name;
  std::string_view ending;
};
constexpr std::array<FormatName, 5> format_names = {{{ReportFormat::text, "text", ".txt"},
                                                     {ReportFormat::json, "json", ".json"},
                                                     {ReportFormat::junit, "junit", ".xml"},
                                                     {ReportFormat::markdown, "markdown", ".md"},
                                                     {ReportFormat::html, "html", ".html"}}};

int rank_of(CheckResult result) {
  switch (result) {
    case CheckResult::error:
      return 0;
    case CheckResult::failed:
      return 1;
    case CheckResult::inconclusive:
      return 2;
    case CheckResult::skipped:
      return 3;
    case CheckResult::passed:
      return 4;
  }
  return 0;
}

int rank_of(const Evidence& evidence) {
  switch (standing_of(evidence)) {
    case domain::Standing::refuses:
      return rank_of(evidence.result);
    case domain::Standing::waived:
      return 4;
    case domain::Standing::warns:
      return 5;
    case domain::Standing::passes:
      return 6;
  }
  return 0;
}

int rank_of(VerdictResult result) {
  switch (result) {
    case VerdictResult::failed:
      return 0;
    case VerdictResult::inconclusive:
      return 1;
    case VerdictResult::passed:
      return 2;
  }
  return 0;
}

std::vector<std::string> stages_with(const Report& report, bool passed) {
  std::vector<std::string> stages;
  for (const Verdict& verdict : report.verdicts) {
    if ((verdict.result == VerdictResult::passed) == passed) stages.push_back(verdict.stage);
  }
  return stages;
}

}  // namespace

bool Report::passed() const {
  return std::ranges::all_of(verdicts, [](const Verdict& verdict) { return verdict.result == VerdictResult::passed; });
}

ReportFormat parse_report_format(std::string_view text) {
  std::vector<std::string> names;
  for (const FormatName& format : format_names) {
    if (format.name == text) return format.format;
    names.emplace_back(format.name);
  }
  Error error{ErrorKind::usage, fmt::format("`--format {}`: no such format", printable(text))};
  if (const auto near = near_miss(text, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("one of: {}", join(names, ", ")));
  throw error;
}

ReportFormat report_format_of(const std::filesystem::path& file, std::string_view flag) {
  const std::string ending = lower_ascii(file.extension().string());
  std::vector<std::string> endings;
  for (const FormatName& format : format_names) {
    if (format.ending == ending) return format.format;
    endings.push_back(fmt::format("{} ({})", format.ending, format.name));
  }
  throw Error{ErrorKind::usage,
              fmt::format("`{} {}`: the ending tells no format", flag, printable(file.string())),
              {fmt::format("one of: {}", join(endings, ", "))}};
}

std::string render_report(ReportFormat format, const Report& report, const TextLook& look) {
  switch (format) {
    case ReportFormat::text:
      return text_report(report, look);
    case ReportFormat::json:
      return to_text(report_json(report)) + "\n";
    case ReportFormat::junit:
      return junit_report(report);
    case ReportFormat::markdown:
      return markdown_report(report);
    case ReportFormat::html:
      return html_report(report);
  }
  return {};
}

Json report_json(const Report& report) {
  if (report.comparison) return report.comparison->document;
  Json verdicts = Json::array();
  for (const Verdict& verdict : report.verdicts) verdicts.push_back(domain::to_json(verdict));
  return Json::object(
      {{"version", report.version.text()}, {"passed", report.passed()}, {"verdicts", std::move(verdicts)}});
}

std::vector<Evidence> worst_first(std::vector<Evidence> evidence) {
  std::ranges::stable_sort(evidence, {}, [](const Evidence& item) { return rank_of(item); });
  return evidence;
}

std::vector<Verdict> worst_first(std::vector<Verdict> verdicts) {
  std::ranges::stable_sort(verdicts, {}, [](const Verdict& verdict) { return rank_of(verdict.result); });
  return verdicts;
}

std::size_t count_of(const Verdict& verdict, CheckResult result) {
  return static_cast<std::size_t>(std::ranges::count_if(verdict.evidence, [&](const Evidence& evidence) {
    return evidence.result == result && standing_of(evidence) == domain::Standing::refuses;
  }));
}

std::size_t count_of(const Verdict& verdict, domain::Standing standing) {
  return static_cast<std::size_t>(std::ranges::count(verdict.evidence, standing, domain::standing_of));
}

bool passes(const Evidence& evidence) { return evidence.result == CheckResult::passed; }

std::string why_text(const Evidence& evidence) {
  const std::string waiver = domain::waiver_text(evidence);
  return evidence.reason + (evidence.reason.empty() || waiver.empty() ? "" : "; ") + waiver;
}

std::string tally_text(const Verdict& verdict) {
  const std::size_t all = verdict.evidence.size();
  const std::size_t passed = count_of(verdict, domain::Standing::passes);
  const std::size_t warnings = count_of(verdict, domain::Standing::warns);
  const std::size_t waived = count_of(verdict, domain::Standing::waived);
  std::vector<std::string> excused;
  if (warnings > 0) excused.push_back(fmt::format("{} {}", warnings, warnings == 1 ? "warning" : "warnings"));
  if (waived > 0) excused.push_back(fmt::format("{} waived", waived));
  const std::string among = excused.empty() ? "" : fmt::format(" ({})", join(excused, ", "));
  if (all == 1) return (passed == 1 ? "its check passed" : "its check did not pass") + among;
  if (passed == all) return fmt::format("all {} checks passed", all);
  return fmt::format("{} of {} checks did not pass{}", all - passed, all, among);
}

std::string decision_text(const Report& report) {
  if (report.comparison) {
    return fmt::format("{} {}", name_of(report.verdicts.at(0).result), report.verdicts.at(0).stage);
  }
  if (report.verdicts.empty()) return "no gate was asked";
  const auto refused = stages_with(report, false);
  const auto open = stages_with(report, true);
  if (refused.empty()) return fmt::format("may enter {}", join(open, " and "));
  const std::string no = fmt::format("refused by {}", join(refused, " and "));
  return open.empty() ? no : fmt::format("{}, may enter {}", no, join(open, " and "));
}

std::string verdict_name(const Verdict& verdict) {
  return verdict.id == 0 ? "not recorded (dry run)" : fmt::format("verdict {}", verdict.id);
}

}  // namespace mlops::cli
