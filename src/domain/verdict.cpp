#include <mlops/domain/verdict.hpp>

#include <algorithm>

#include <fmt/core.h>

#include "enum_names.hpp"

namespace mlops::domain {
namespace {

constexpr EnumNames<CheckResult, 5> check_results{{
    {CheckResult::passed, "passed"},
    {CheckResult::failed, "failed"},
    {CheckResult::error, "error"},
    {CheckResult::skipped, "skipped"},
    {CheckResult::inconclusive, "inconclusive"},
}};

constexpr EnumNames<VerdictResult, 3> verdict_results{{
    {VerdictResult::passed, "passed"},
    {VerdictResult::failed, "failed"},
    {VerdictResult::inconclusive, "inconclusive"},
}};

constexpr EnumNames<Severity, 2> severities{{{Severity::block, "block"}, {Severity::warn, "warn"}}};

}  // namespace

std::string_view name_of(Severity severity) { return name_in(severities, severity); }
Severity parse_severity(std::string_view text) { return value_in(severities, text, "severity"); }

std::string_view name_of(CheckResult result) { return name_in(check_results, result); }
CheckResult parse_check_result(std::string_view text) { return value_in(check_results, text, "check result"); }

std::string_view name_of(VerdictResult result) { return name_in(verdict_results, result); }
VerdictResult parse_verdict_result(std::string_view text) { return value_in(verdict_results, text, "verdict"); }

Standing standing_of(const Evidence& evidence) {
  if (evidence.result == CheckResult::passed) return Standing::passes;
  if (evidence.severity == Severity::warn) return Standing::warns;
  return evidence.waiver && evidence.waiver->void_because.empty() ? Standing::waived : Standing::refuses;
}

std::string standing_text(const Evidence& evidence) {
  const Standing standing = standing_of(evidence);
  if (standing == Standing::warns) return fmt::format("warning ({})", name_of(evidence.result));
  if (standing == Standing::waived) return fmt::format("waived ({})", name_of(evidence.result));
  return std::string{name_of(evidence.result)};
}

std::string until_text(Timestamp until) {
  constexpr std::string_view end_of_day = "T23:59:59.999Z";
  const std::string text = rfc3339(until);
  return text.ends_with(end_of_day) ? text.substr(0, text.size() - end_of_day.size()) : text;
}

std::string waiver_text(const Evidence& evidence) {
  if (!evidence.waiver) return "";
  const MetWaiver& waiver = *evidence.waiver;
  if (!waiver.void_because.empty())
    return fmt::format("the waiver by {} does not count: {}", waiver.by, waiver.void_because);
  return fmt::format("waived by {} until {}: {}", waiver.by, until_text(waiver.until), waiver.reason);
}

VerdictResult fold(const std::vector<Evidence>& evidence) {
  const auto in_earnest = [](const Evidence& e) { return e.severity == Severity::block; };
  // Nothing asked is nothing known: silence never lets a version in.
  if (std::ranges::none_of(evidence, in_earnest)) return VerdictResult::inconclusive;
  const auto refuses = [](const Evidence& e) { return standing_of(e) == Standing::refuses; };
  if (std::ranges::none_of(evidence, refuses)) return VerdictResult::passed;
  const bool none_failed = std::ranges::all_of(
      evidence, [&](const Evidence& e) { return !refuses(e) || e.result == CheckResult::inconclusive; });
  return none_failed ? VerdictResult::inconclusive : VerdictResult::failed;
}

}  // namespace mlops::domain
