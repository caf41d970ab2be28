#include <fmt/core.h>

#include <mlops/app/gate.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

std::vector<std::pair<std::string, std::int64_t>> approvals_needed(const domain::Policy& policy,
                                                                   const std::string& model) {
  std::vector<std::pair<std::string, std::int64_t>> needed;
  for (const std::string& stage : policy.stages) {
    if (const auto count = policy.gate(model, stage).approvals; count > 0) needed.emplace_back(stage, count);
  }
  return needed;
}

}  // namespace

ApprovalsOutcome approve(Workspace& workspace, const ApproveRequest& request) {
  const PolicySource source = gate_policy(workspace);
  require_stage(source.policy, request.stage);
  if (request.reject && trim(request.reason).empty()) {
    throw Error{ErrorKind::usage, "a rejection needs a reason", {"give it with `-m REASON`"}};
  }
  ApprovalsOutcome outcome;
  std::string registrant;
  {
    const auto view = workspace.read();
    outcome.version = resolve_explicit(*view, request.reference);
    outcome.approvals = view->approvals(outcome.version, "");
    registrant = load(*view, outcome.version).registered_by;
  }
  outcome.needed = approvals_needed(source.policy, outcome.version.model);
  domain::Approval approval{.id = 0,
                            .version = outcome.version,
                            .stage = request.stage,
                            .decision = request.reject ? domain::Decision::reject : domain::Decision::approve,
                            .reason = request.reason,
                            .at = workspace.now(),
                            .by = workspace.origin().actor};
  if (approval.by == registrant && !source.policy.gate(outcome.version.model, request.stage).self_approval) {
    workspace.context().warn(fmt::format("{} was registered by you: the gate of {} doesn't count your own approval",
                                         outcome.version.text(), request.stage));
  }
  if (!request.dry_run) {
    const auto transaction = workspace.write();
    approval = transaction->add_approval(approval);
    transaction->commit();
  }
  outcome.approvals.push_back(approval);
  outcome.given = approval;
  return outcome;
}

ApprovalsOutcome list_approvals(Workspace& workspace, const std::string& reference) {
  const PolicySource source = gate_policy(workspace);
  ApprovalsOutcome outcome;
  const auto view = workspace.read();
  outcome.version = resolve_ever(*view, reference);
  outcome.approvals = view->approvals(outcome.version, "");
  outcome.needed = approvals_needed(source.policy, outcome.version.model);
  return outcome;
}

}  // namespace mlops::app
