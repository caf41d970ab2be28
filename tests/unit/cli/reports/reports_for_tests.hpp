// Verdicts that the tests of reports render.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mlops/domain/verdict.hpp>

#include "reports/report.hpp"

namespace mlops::cli {

inline domain::Evidence evidence_of(std::string check, domain::CheckResult result, std::string reason = "") {
  return {.check = std::move(check),
          .result = result,
          .wanted = "auc >= 0.95",
          .found = "0.93",
          .reason = std::move(reason),
          .figures = {},
          .duration_ms = 12};
}

inline domain::Evidence warned(std::string check, domain::CheckResult result, std::string reason = "") {
  domain::Evidence evidence = evidence_of(std::move(check), result, std::move(reason));
  evidence.severity = domain::Severity::warn;
  return evidence;
}

inline domain::Evidence waived(std::string check, domain::CheckResult result, std::string reason = "") {
  domain::Evidence evidence = evidence_of(std::move(check), result, std::move(reason));
  evidence.waiver = {
      .id = 3, .by = "Bob", .reason = "known drift", .until = *parse_time("2026-12-31", {}), .void_because = ""};
  return evidence;
}

inline domain::Verdict verdict_of(std::string stage, std::vector<domain::Evidence> evidence) {
  domain::Verdict verdict;
  verdict.id = 4;
  verdict.version = {"churn", 7};
  verdict.stage = std::move(stage);
  verdict.result = domain::fold(evidence);
  verdict.evidence = std::move(evidence);
  verdict.policy_source = "commit 1a2b3c";
  verdict.policy_blob = "9f8e7d";
  verdict.tool_version = "1.0.0";
  verdict.at = {1793523600000};  // 2026-11-01T09:00:00Z
  verdict.by = "Ada <ada@example.org>";
  return verdict;
}

inline Report report_of(std::vector<domain::Evidence> evidence) {
  return {{"churn", 7}, {verdict_of("production", std::move(evidence))}};
}

}  // namespace mlops::cli
