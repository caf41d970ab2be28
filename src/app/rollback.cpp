#include <algorithm>

#include <fmt/core.h>

#include <mlops/app/gate.hpp>
#include <mlops/support/error.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t changes_to_search = 100000;

// The version that held the stage before the present one: after a rollback that is the one rolled back from, so that a
// second rollback undoes the first.
std::int64_t version_before(const std::vector<domain::StageChange>& changes, const RollbackRequest& request) {
  if (changes.front().previous) return *changes.front().previous;
  throw Error{ErrorKind::not_found,
              fmt::format("{} of {} has had no other holder than {}@{}", request.stage, request.model, request.model,
                          changes.front().version),
              {"there is nothing to roll back to; `mlops promote` lets another version in"}};
}

std::int64_t former_holder(store::ReadTransaction& view, const std::vector<domain::StageChange>& changes,
                           const RollbackRequest& request) {
  const bool has_model = request.to->find('@') != std::string::npos;
  const domain::VersionId id = resolve(view, has_model ? *request.to : request.model + "@" + *request.to);
  if (id.model != request.model) {
    throw Error{ErrorKind::usage, fmt::format("`--to {}` names another model than `{}`", *request.to, request.model)};
  }
  const bool held = std::any_of(changes.begin(), changes.end(),
                                [&](const domain::StageChange& change) { return change.version == id.number; });
  if (!held) {
    throw Error{ErrorKind::refused,
                fmt::format("{} never held {}, so a rollback can't lead there", id.text(), request.stage),
                {fmt::format("`mlops promote {} --to {}` takes it through the gate", id.text(), request.stage)}};
  }
  return id.number;
}

// A rollback asks no gate: the version passed it once. But it must still be there, and nobody may have warned against
// it.
void require_usable(Workspace& workspace, store::ReadTransaction& view, const domain::VersionId& id) {
  const auto summary = view.version_summary(id);
  if (summary && summary->deprecation) {
    throw Error{ErrorKind::refused,
                fmt::format("{} is deprecated: {}", id.text(), summary->deprecation->reason),
                {"`--to REF` names another former holder"}};
  }
  for (const auto& file : view.version_files(id)) {
    const auto state = workspace.artifacts().verify(file.digest, {});
    if (state == artifacts::Intactness::intact) continue;
    throw Error{ErrorKind::integrity,
                fmt::format("{} can't come back: its file {} is {}", id.text(), file.path,
                            state == artifacts::Intactness::missing ? "missing" : "damaged"),
                {"`--to REF` names another former holder"}};
  }
}

}  // namespace

RollbackOutcome rollback(Workspace& workspace, const RollbackRequest& request) {
  RollbackOutcome outcome{.model = {}, .stage = request.stage, .from = 0, .to = 0, .dry_run = request.dry_run};
  {
    const auto view = workspace.read();
    outcome.model = require_model(*view, request.model);
    const auto changes = view->stage_changes(outcome.model, request.stage, std::nullopt, changes_to_search);
    if (changes.empty()) {
      require_stage(gate_policy(workspace).policy, request.stage);
      throw Error{ErrorKind::not_found, fmt::format("nobody has held {} of {} yet", request.stage, outcome.model)};
    }
    outcome.from = changes.front().version;
    outcome.to = request.to ? former_holder(*view, changes, request) : version_before(changes, request);
    if (outcome.to == outcome.from) return outcome;
    require_usable(workspace, *view, {outcome.model, outcome.to});
  }
  if (request.dry_run) return outcome;

  const auto transaction = workspace.write();
  transaction->change_stage({.id = 0,
                             .model = outcome.model,
                             .stage = outcome.stage,
                             .version = outcome.to,
                             .previous = outcome.from,
                             .kind = domain::ChangeKind::rollback,
                             .verdict = std::nullopt,
                             .message = request.message,
                             .at = {},
                             .by = {}});
  transaction->commit();
  return outcome;
}

}  // namespace mlops::app
