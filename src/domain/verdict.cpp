#include <mlops/domain/verdict.hpp>

#include <algorithm>

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

}  // namespace

std::string_view name_of(CheckResult result) { return name_in(check_results, result); }
CheckResult parse_check_result(std::string_view text) { return value_in(check_results, text, "check result"); }

std::string_view name_of(VerdictResult result) { return name_in(verdict_results, result); }
VerdictResult parse_verdict_result(std::string_view text) { return value_in(verdict_results, text, "verdict"); }

VerdictResult fold(const std::vector<Evidence>& evidence) {
  // Nothing asked is nothing known: silence never lets a version in.
  if (evidence.empty()) return VerdictResult::inconclusive;
  const auto passed = [](const Evidence& e) { return e.result == CheckResult::passed; };
  const auto undecided = [](const Evidence& e) { return e.result == CheckResult::inconclusive; };
  if (std::ranges::all_of(evidence, passed)) return VerdictResult::passed;
  const bool none_failed = std::ranges::all_of(evidence, [&](const Evidence& e) { return passed(e) || undecided(e); });
  return none_failed ? VerdictResult::inconclusive : VerdictResult::failed;
}

}  // namespace mlops::domain
