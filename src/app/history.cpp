#include <set>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

// At that time each stage was held by the version of its latest change up to then.
std::vector<domain::StageChange> holders_at(std::vector<domain::StageChange> changes) {
  std::set<std::string> seen;
  std::vector<domain::StageChange> holders;
  for (auto& change : changes) {
    if (seen.insert(change.stage).second) holders.push_back(std::move(change));
  }
  return holders;
}

// A stage that was never held is either one of the policy, with an empty history, or a typing error.
void require_known_stage(Workspace& workspace, const std::string& stage) {
  require_stage(gate_policy(workspace).policy, stage);
}

}  // namespace

HistoryOutcome history(Workspace& workspace, const HistoryRequest& request) {
  HistoryOutcome outcome;
  if (request.at) {
    outcome.at = parse_time(*request.at, workspace.now());
    if (!outcome.at) {
      throw Error{ErrorKind::usage,
                  fmt::format("`{}` is not a time", printable(*request.at)),
                  {"write a date (2026-11-01), a time (2026-11-01T09:30:00Z) or a span back from now (3d)"}};
    }
  }
  const auto view = workspace.read();
  outcome.model = require_model(*view, request.model);
  constexpr std::size_t enough_for_every_stage = 100000;
  auto changes = view->stage_changes(outcome.model, request.stage.value_or(""), outcome.at,
                                     request.at ? enough_for_every_stage : request.limit);
  if (changes.empty() && request.stage) require_known_stage(workspace, *request.stage);
  if (request.at) changes = holders_at(std::move(changes));
  for (auto& change : changes) {
    auto verdict = change.verdict ? view->verdict(*change.verdict) : std::nullopt;
    outcome.entries.push_back({std::move(change), std::move(verdict)});
  }
  return outcome;
}

}  // namespace mlops::app
