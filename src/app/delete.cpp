#include <mlops/app/delete.hpp>

#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t children_named = 5;

domain::VersionId target_of(store::ReadTransaction& view, const std::string& text) {
  if (!domain::parse_reference(text).explicit_selector) return resolve_explicit(view, text);
  return resolve_ever(view, text);
}

bool is_needed(const DeleteOutcome& outcome) {
  return !outcome.stages.empty() || !outcome.aliases.empty() || !outcome.children.empty();
}

DeleteOutcome plan(Workspace& workspace, store::ReadTransaction& view, const DeleteRequest& request) {
  DeleteOutcome outcome;
  outcome.version = target_of(view, request.reference);
  outcome.dry_run = request.dry_run;
  auto summary = view.version_summary(outcome.version);
  if (!summary) throw Error{ErrorKind::not_found, fmt::format("no version `{}`", outcome.version.text())};
  if (summary->deletion) {
    outcome.result = DeleteResult::already_deleted;
    outcome.deletion = *std::move(summary->deletion);
    return outcome;
  }
  outcome.deletion = {.reason = request.reason, .at = workspace.now(), .by = workspace.origin().actor};
  outcome.stages = std::move(summary->stages);
  outcome.aliases = std::move(summary->aliases);
  outcome.children = view.children(outcome.version, children_named + 1);
  outcome.more_children = outcome.children.size() > children_named;
  if (outcome.more_children) outcome.children.pop_back();
  outcome.result = is_needed(outcome) && !request.force ? DeleteResult::refused : DeleteResult::deleted;
  return outcome;
}

void vacate(store::WriteTransaction& transaction, const domain::VersionId& id, const std::string& stage,
            const std::string& reason) {
  transaction.change_stage({.id = 0,
                            .model = id.model,
                            .stage = stage,
                            .version = 0,
                            .previous = id.number,
                            .kind = domain::ChangeKind::vacate,
                            .verdict = std::nullopt,
                            .message = reason,
                            .at = {},
                            .by = {}});
}

}  // namespace

DeleteOutcome delete_version(Workspace& workspace, const DeleteRequest& request) {
  if (request.force && trim(request.reason).empty()) {
    throw Error{ErrorKind::usage, "`--force` needs a reason", {"give it with `-m REASON`"}};
  }
  if (request.dry_run) return plan(workspace, *workspace.read(), request);

  const auto transaction = workspace.write();
  const DeleteOutcome outcome = plan(workspace, transaction->view(), request);
  if (outcome.result != DeleteResult::deleted) return outcome;
  for (const std::string& stage : outcome.stages) vacate(*transaction, outcome.version, stage, request.reason);
  for (const std::string& alias : outcome.aliases) {
    transaction->set_alias(outcome.version.model, alias, std::nullopt);
  }
  transaction->delete_version(outcome.version, request.reason);
  transaction->commit();
  return outcome;
}

}  // namespace mlops::app
