#include <set>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/error.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t changes_shown = 1000;
constexpr std::size_t verdicts_to_search = 50;

std::vector<domain::Verdict> latest_by_stage(std::vector<domain::Verdict> verdicts) {
  std::set<std::string> seen;
  std::vector<domain::Verdict> latest;
  for (domain::Verdict& verdict : verdicts) {
    if (seen.insert(verdict.stage).second) latest.push_back(std::move(verdict));
  }
  return latest;
}

}  // namespace

ShowOutcome show_version(Workspace& workspace, const std::string& reference) {
  const auto view = workspace.read();
  const domain::VersionId id = resolve_ever(*view, reference);
  auto summary = view->version_summary(id);
  if (!summary) throw Error{ErrorKind::not_found, fmt::format("no version `{}`", id.text())};
  ShowOutcome outcome;
  outcome.summary = std::move(*summary);
  outcome.files = view->version_files(id);
  if (outcome.summary.version.run) outcome.run = view->run(*outcome.summary.version.run);
  outcome.verdicts = latest_by_stage(view->verdicts(id, verdicts_to_search));
  outcome.approvals = view->approvals(id, "");
  outcome.waivers = view->waivers(id, "");
  outcome.changes = view->stage_changes_of(id, changes_shown);
  return outcome;
}

}  // namespace mlops::app
