#include <mlops/app/report.hpp>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

// Newest first; a gate that was asked more often than this since another one hides the other one's verdict.
constexpr std::size_t verdicts_to_read = 1000;

domain::Verdict verdict_numbered(store::ReadTransaction& view, const domain::VersionId& id, std::int64_t number) {
  auto verdict = view.verdict(number);
  if (verdict && verdict->version == id) return std::move(*verdict);
  Error error{ErrorKind::not_found, fmt::format("no verdict {} about {}", number, id.text())};
  if (verdict) error.add_hint(fmt::format("verdict {} is about {}", number, verdict->version.text()));
  throw error;
}

}  // namespace

ReportOutcome stored_report(Workspace& workspace, const ReportRequest& request) {
  const auto view = workspace.read();
  ReportOutcome outcome{.version = resolve_ever(*view, request.reference), .verdicts = {}};
  if (request.verdict) {
    outcome.verdicts.push_back(verdict_numbered(*view, outcome.version, *request.verdict));
    return outcome;
  }
  std::set<std::string> seen;
  for (domain::Verdict& verdict : view->verdicts(outcome.version, verdicts_to_read)) {
    if (seen.insert(verdict.stage).second) outcome.verdicts.push_back(std::move(verdict));
  }
  if (request.stage)
    std::erase_if(outcome.verdicts, [&](const auto& verdict) { return verdict.stage != *request.stage; });
  if (outcome.verdicts.empty()) {
    const std::string gate = request.stage ? fmt::format("the gate of {}", printable(*request.stage)) : "no gate";
    Error error{ErrorKind::not_found, fmt::format("{} was {}asked about {}", gate, request.stage ? "never " : "ever ",
                                                  outcome.version.text())};
    const std::vector<std::string> asked{seen.begin(), seen.end()};
    if (!asked.empty()) error.add_hint(fmt::format("asked were: {}", join(asked, ", ")));
    error.add_hint(fmt::format("`mlops validate {}` asks", outcome.version.text()));
    throw error;
  }
  std::ranges::sort(outcome.verdicts, {}, &domain::Verdict::id);
  return outcome;
}

}  // namespace mlops::app
