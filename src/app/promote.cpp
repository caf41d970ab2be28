#include <algorithm>

#include <fmt/core.h>

#include <mlops/app/gate.hpp>
#include <mlops/support/error.hpp>

#include "gatekeeper.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

std::optional<std::string> stage_after(const domain::Policy& policy, const std::string& stage) {
  const auto found = std::find(policy.stages.begin(), policy.stages.end(), stage);
  if (found == policy.stages.end() || std::next(found) == policy.stages.end()) return std::nullopt;
  return *std::next(found);
}

std::string holder_text(const std::string& model, const std::optional<std::int64_t>& number) {
  return number ? domain::VersionId{model, *number}.text() : std::string{"nobody"};
}

// Refuses with Error{conflict} when somebody else than the expected version holds the stage.
void compare_expected(store::ReadTransaction& view, const PromoteRequest& request, const std::string& model,
                      const std::optional<domain::StageChange>& holding) {
  if (!request.expect) return;
  std::optional<std::int64_t> expected;
  if (*request.expect != "none") {
    const bool has_model = request.expect->find('@') != std::string::npos;
    const domain::VersionId id = resolve(view, has_model ? *request.expect : model + "@" + *request.expect);
    if (id.model != model) {
      throw Error{ErrorKind::usage, fmt::format("`--expect {}` names another model than `{}`", *request.expect, model)};
    }
    expected = id.number;
  }
  const auto present = holding ? std::optional{holding->version} : std::nullopt;
  if (present == expected) return;
  Error error{ErrorKind::conflict, fmt::format("{} of {} is held by {}, not by {}", request.stage, model,
                                               holder_text(model, present), holder_text(model, expected))};
  if (holding) error.add_hint(fmt::format("{} moved it at {}", holding->by, rfc3339(holding->at)));
  throw error;
}

}  // namespace

PromoteOutcome promote(Workspace& workspace, const PromoteRequest& request) {
  const PolicySource source = gate_policy(workspace);
  require_stage(source.policy, request.stage);
  if (source.notice) workspace.context().warn(*source.notice);

  PromoteOutcome outcome;
  outcome.stage = request.stage;
  outcome.dry_run = request.dry_run;
  outcome.next_stage = stage_after(source.policy, request.stage);
  domain::Version version;
  {
    const auto view = workspace.read();
    version = load(*view, resolve_explicit(*view, request.reference));
    const auto holding = view->holding(version.id.model, request.stage);
    compare_expected(*view, request, version.id.model, holding);
    outcome.version = version.id;
    if (holding) outcome.previous = holding->version;
  }
  if (outcome.previous == version.id.number) {
    outcome.result = PromoteResult::already_there;
    return outcome;
  }

  outcome.verdict = ask_gate(workspace, source, version, request.stage);
  const bool passed = outcome.verdict.result == domain::VerdictResult::passed;
  outcome.result = passed ? PromoteResult::promoted : PromoteResult::refused;
  if (request.dry_run) return outcome;

  const auto transaction = workspace.write();
  if (passed) require_waivers(transaction->view(), outcome.verdict, workspace.now());
  outcome.verdict = transaction->add_verdict(outcome.verdict);
  if (passed) {
    transaction->change_stage({.id = 0,
                               .model = version.id.model,
                               .stage = request.stage,
                               .version = version.id.number,
                               .previous = outcome.previous,
                               .kind = domain::ChangeKind::promote,
                               .verdict = outcome.verdict.id,
                               .message = request.message,
                               .at = {},
                               .by = {}});
  }
  transaction->commit();
  return outcome;
}

}  // namespace mlops::app
