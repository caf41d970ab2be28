#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence not_deprecated(const Facts& facts) {
  auto evidence = make_evidence("not_deprecated", "not deprecated");
  if (!facts.deprecation) return passed(std::move(evidence), "not deprecated");
  const domain::Deprecation& deprecation = *facts.deprecation;
  evidence.figures = Json::object({{"by", deprecation.by}, {"at", rfc3339(deprecation.at)}});
  const std::string reason = deprecation.reason.empty() ? "no reason was given" : deprecation.reason;
  return failed(std::move(evidence), fmt::format("deprecated by {}", deprecation.by), reason);
}

}  // namespace mlops::checks
