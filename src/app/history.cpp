#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

// At that time each stage was held by the version of its latest change up to then, unless that left it empty.
std::vector<domain::StageChange> holders_at(store::ReadTransaction& view, const std::string& model,
                                            const std::optional<std::string>& stage, Timestamp at) {
  std::vector<domain::StageChange> holders;
  for (const std::string& name : view.stages(model)) {
    if (stage && *stage != name) continue;
    for (auto& change : view.stage_changes(model, name, at, 1)) {
      if (change.version != 0) holders.push_back(std::move(change));
    }
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
  auto changes = outcome.at
                     ? holders_at(*view, outcome.model, request.stage, *outcome.at)
                     : view->stage_changes(outcome.model, request.stage.value_or(""), std::nullopt, request.limit);
  if (changes.empty() && request.stage) require_known_stage(workspace, *request.stage);
  for (auto& change : changes) {
    auto verdict = change.verdict ? view->verdict(*change.verdict) : std::nullopt;
    outcome.entries.push_back({std::move(change), std::move(verdict)});
  }
  return outcome;
}

}  // namespace mlops::app
