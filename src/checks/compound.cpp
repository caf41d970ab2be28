#include <algorithm>

#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {

using domain::CheckResult;
using domain::Evidence;

namespace {

Json part_json(const Evidence& part) {
  return Json::object({{"condition", part.wanted},
                       {"result", name_of(part.result)},
                       {"found", part.found},
                       {"reason", part.reason},
                       {"figures", part.figures}});
}

// "accuracy 0.91 (failed), auc 0.97 (passed)"
std::string found_text(const std::vector<Evidence>& parts) {
  std::string text;
  for (const Evidence& part : parts) {
    const std::string metric = part.check.substr(part.check.find('.') + 1);
    text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", metric, part.found.empty() ? "none" : part.found,
                        name_of(part.result));
  }
  return text;
}

}  // namespace

Evidence join_parts(Evidence evidence, const domain::Junction& whole, std::vector<Evidence> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  std::vector<CheckResult> results;
  Json::Array told;
  for (const Evidence& part : parts) {
    results.push_back(part.result);
    told.push_back(part_json(part));
  }
  evidence.result = domain::result_of(whole, results);
  evidence.found = found_text(parts);
  evidence.figures = Json::object({{"parts", Json{std::move(told)}}});
  const bool passed = evidence.result == CheckResult::passed;
  for (const Evidence& part : parts) {
    // What was passed over is told by the figures; a note on what passed is worth a line.
    const bool is_told = !part.reason.empty() && (part.result == CheckResult::passed) == passed;
    if (!is_told) continue;
    evidence.reason += fmt::format("{}{}: {}", evidence.reason.empty() ? "" : "\n", part.wanted, part.reason);
  }
  return evidence;
}

}  // namespace mlops::checks
