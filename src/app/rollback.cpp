#include <fmt/core.h>

#include <mlops/app/gate.hpp>
#include <mlops/support/error.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

// The version that held the stage before the present one: after a rollback that is the one rolled back from, so that a
// second rollback undoes the first.
std::int64_t version_before(store::ReadTransaction& view, const domain::StageChange& holding,
                            const RollbackRequest& request) {
  if (holding.previous) return *holding.previous;
  if (view.stage_changes(request.model, request.stage, std::nullopt, 2).size() > 1) {
    throw Error{ErrorKind::not_found,
                fmt::format("nobody held {} of {} when {}@{} came", request.stage, request.model, request.model,
                            holding.version),
                {"`--to REF` names a former holder"}};
  }
  throw Error{ErrorKind::not_found,
              fmt::format("{} of {} has had no other holder than {}@{}", request.stage, request.model, request.model,
                          holding.version),
              {"there is nothing to roll back to; `mlops promote` lets another version in"}};
}

std::int64_t former_holder(store::ReadTransaction& view, const RollbackRequest& request) {
  const bool has_model = request.to->find('@') != std::string::npos;
  const domain::VersionId id = resolve(view, has_model ? *request.to : request.model + "@" + *request.to);
  if (id.model != request.model) {
    throw Error{ErrorKind::usage, fmt::format("`--to {}` names another model than `{}`", *request.to, request.model)};
  }
  if (!view.has_held(id, request.stage)) {
    throw Error{ErrorKind::refused,
                fmt::format("{} never held {}, so a rollback can't lead there", id.text(), request.stage),
                {fmt::format("`mlops promote {} --to {}` takes it through the gate", id.text(), request.stage)}};
  }
  return id.number;
}

Error nobody_holds(store::ReadTransaction& view, const RollbackRequest& request) {
  const auto changes = view.stage_changes(request.model, request.stage, std::nullopt, 1);
  if (changes.empty()) {
    return {ErrorKind::not_found, fmt::format("nobody has held {} of {} yet", request.stage, request.model)};
  }
  return {ErrorKind::not_found,
          fmt::format("nobody holds {} of {} since {}@{} was deleted", request.stage, request.model, request.model,
                      changes.front().previous.value_or(0)),
          {fmt::format("`mlops promote {}@REF --to {}` lets a version in", request.model, request.stage)}};
}

void require_usable(store::ReadTransaction& view, const domain::VersionId& id) {
  const auto summary = view.version_summary(id);
  if (!summary) return;
  if (summary->deletion)
    throw store::was_deleted(id, *summary->deletion).hint("`--to REF` names another former holder");
  if (!summary->deprecation) return;
  throw Error{ErrorKind::refused,
              fmt::format("{} is deprecated: {}", id.text(), summary->deprecation->reason),
              {"`--to REF` names another former holder"}};
}

// A rollback asks no gate, since the version passed it once; but its bytes must still be there.
void require_intact(Workspace& workspace, const domain::VersionId& id, const std::vector<domain::FileEntry>& files) {
  std::uint64_t total = 0;
  for (const auto& file : files) total += file.size;
  const auto progress = workspace.context().progress(fmt::format("checking {}", id.text()), total);
  const auto states = artifacts::verify_files(workspace.artifacts(), files, progress);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto state = states[i];
    if (state == artifacts::Intactness::intact) continue;
    throw Error{ErrorKind::integrity,
                fmt::format("{} can't come back: its file {} is {}", id.text(), files[i].path,
                            state == artifacts::Intactness::missing ? "missing" : "damaged"),
                {"`--to REF` names another former holder"}};
  }
}

}  // namespace

RollbackOutcome rollback(Workspace& workspace, const RollbackRequest& request) {
  RollbackOutcome outcome{.model = {}, .stage = request.stage, .from = 0, .to = 0, .dry_run = request.dry_run};
  std::vector<domain::FileEntry> files;
  {
    const auto view = workspace.read();
    outcome.model = require_model(*view, request.model);
    const auto holding = view->holding(outcome.model, request.stage);
    if (!holding) {
      require_stage(gate_policy(workspace).policy, request.stage);
      throw nobody_holds(*view, request);
    }
    outcome.from = holding->version;
    outcome.to = request.to ? former_holder(*view, request) : version_before(*view, *holding, request);
    if (outcome.to == outcome.from) return outcome;
    require_usable(*view, {outcome.model, outcome.to});
    files = view->version_files({outcome.model, outcome.to});
  }
  require_intact(workspace, {outcome.model, outcome.to}, files);
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
