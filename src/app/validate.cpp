#include <algorithm>

#include <mlops/app/gate.hpp>

#include "gatekeeper.hpp"
#include "resolve.hpp"

namespace mlops::app {

bool ValidateOutcome::passed() const {
  return std::all_of(verdicts.begin(), verdicts.end(),
                     [](const domain::Verdict& verdict) { return verdict.result == domain::VerdictResult::passed; });
}

ValidateOutcome validate(Workspace& workspace, const ValidateRequest& request) {
  const PolicySource source = gate_policy(workspace);
  if (request.stage) require_stage(source.policy, *request.stage);
  if (source.notice) workspace.context().warn(*source.notice);

  domain::Version version;
  {
    const auto view = workspace.read();
    version = load(*view, resolve(*view, request.reference));
  }
  ValidateOutcome outcome{.version = version.id, .verdicts = {}};
  for (const std::string& stage : source.policy.stages) {
    if (request.stage && *request.stage != stage) continue;
    outcome.verdicts.push_back(ask_gate(workspace, source, version, stage));
  }
  if (request.dry_run) return outcome;

  const auto transaction = workspace.write();
  for (domain::Verdict& verdict : outcome.verdicts) verdict = transaction->add_verdict(verdict);
  transaction->commit();
  return outcome;
}

}  // namespace mlops::app
