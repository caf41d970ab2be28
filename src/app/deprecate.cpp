#include <fmt/core.h>

#include <mlops/app/marks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

void require_no_stage(const store::VersionSummary& summary) {
  if (summary.stages.empty()) return;
  throw Error{
      ErrorKind::refused,
      fmt::format("{} holds {}, so it can't be deprecated", summary.version.id.text(), join(summary.stages, " and ")),
      {"promote another version or roll back first"}};
}

DeprecateOutcome plan(store::ReadTransaction& view, const DeprecateRequest& request) {
  DeprecateOutcome outcome;
  outcome.version = resolve_explicit(view, request.reference);
  const auto summary = view.version_summary(outcome.version);
  if (!summary) throw Error{ErrorKind::not_found, fmt::format("no version `{}`", outcome.version.text())};
  outcome.deprecated = !request.undo;
  if (request.undo) {
    outcome.changed = summary->deprecation.has_value();
    return outcome;
  }
  require_no_stage(*summary);
  outcome.reason = request.reason;
  outcome.changed = !summary->deprecation || summary->deprecation->reason != request.reason;
  return outcome;
}

}  // namespace

DeprecateOutcome deprecate(Workspace& workspace, const DeprecateRequest& request) {
  if (!request.undo && trim(request.reason).empty()) {
    throw Error{ErrorKind::usage, "a deprecation needs a reason", {"give it with `-m REASON`"}};
  }
  if (request.dry_run) return plan(*workspace.read(), request);

  const auto transaction = workspace.write();
  const DeprecateOutcome outcome = plan(transaction->view(), request);
  if (!outcome.changed) return outcome;
  if (request.undo) {
    transaction->undeprecate(outcome.version);
  } else {
    transaction->deprecate(outcome.version, request.reason);
  }
  transaction->commit();
  return outcome;
}

}  // namespace mlops::app
