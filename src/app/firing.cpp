#include "firing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlops/app/run.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "cluster/inquiry.hpp"
#include "cluster/job.hpp"
#include "lost_runs.hpp"
#include "trigger_facts.hpp"

namespace mlops::app {

namespace {

using domain::Firing;
using domain::FiringOutcome;

constexpr std::size_t runs_looked_at = 1000;
// A training that brings its machine down is not begun for ever.
constexpr std::int64_t most_take_ups = 5;

Json cause_of(const Firing& firing) {
  Json triggers = Json::array();
  for (const auto& finding : firing.findings) triggers.push_back(domain::to_json(finding));
  return Json::object({{"firing", firing.id}, {"version", firing.version.text()}, {"triggers", triggers}});
}

bool is_caused_by(const domain::Run& run, std::int64_t firing) {
  const Json request = domain::execution_of(run).request;
  const Json* const cause = request.find("cause");
  const Json* const number = cause == nullptr ? nullptr : cause->find("firing");
  return number != nullptr && number->is_integer() && number->as_integer() == firing;
}

// The newest run that was begun for the firing: the run says so, so that no crash can come between the two.
std::optional<domain::Run> run_of(Workspace& workspace, const Firing& firing) {
  for (domain::Run& run : workspace.read()->runs(firing.model, runs_looked_at, std::nullopt).items) {
    if (is_caused_by(run, firing.id)) return std::move(run);
  }
  return std::nullopt;
}

RetrainRequest request_of(Workspace& workspace, const domain::ModelPolicy& policy, const std::string& commit,
                          const Firing& firing) {
  RetrainRequest request;
  request.reference = firing.version.text();
  request.at = commit;
  request.inputs = newest_inputs(workspace, policy, firing.version);
  request.promote = policy.retrain->promote;
  request.message = domain::cause_text(firing.findings);
  request.cause = cause_of(firing);
  return request;
}

void note_promotion(const PromoteOutcome& promotion, Firing& firing) {
  if (promotion.result == PromoteResult::refused) {
    firing.outcome = FiringOutcome::refused;
    firing.reason = fmt::format("the gate of {} says no", promotion.stage);
  } else {
    firing.outcome = FiringOutcome::promoted;
  }
}

void note_result(const RetrainOutcome& outcome, Firing& firing) {
  if (outcome.run) firing.run = outcome.run->number;
  const bool goes_on = outcome.run && outcome.run->status == domain::RunStatus::running;
  if (goes_on) return;  // on a cluster: a later tick takes in what comes of it
  if (outcome.version) firing.made = outcome.version->id;
  if (!outcome.version) {
    firing.outcome = FiringOutcome::failed;
    firing.reason = outcome.run ? outcome.run->failure : "";
    return;
  }
  firing.outcome = FiringOutcome::trained;
  if (!outcome.created) firing.reason = fmt::format("bit for bit {}", outcome.version->id.text());
  if (outcome.promotion_conflict) {
    firing.outcome = FiringOutcome::conflict;
    firing.reason = *outcome.promotion_conflict;
  } else if (outcome.promotion) {
    note_promotion(*outcome.promotion, firing);
  }
}

// What a run led to that was over before this process came to look.
void note_finished_run(Workspace& workspace, const domain::ModelPolicy& policy, const domain::Run& run,
                       Firing& firing) {
  firing.run = run.number;
  if (run.status != domain::RunStatus::succeeded) {
    firing.outcome = FiringOutcome::failed;
    firing.reason = run.failure;
    return;
  }
  const auto view = workspace.read();
  const auto versions = view->versions_of_run(run.number);
  firing.outcome = FiringOutcome::trained;
  if (versions.empty()) {
    firing.reason = "bit for bit a version that existed";
    return;
  }
  firing.made = versions.front();
  const auto& stage = policy.retrain->promote;
  if (!stage) return;
  if (view->has_held(*firing.made, *stage)) {
    firing.outcome = FiringOutcome::promoted;
    return;
  }
  for (const domain::Verdict& verdict : view->verdicts(*firing.made, runs_looked_at)) {
    if (verdict.stage != *stage) continue;
    firing.outcome = verdict.result == domain::VerdictResult::passed ? FiringOutcome::conflict : FiringOutcome::refused;
    return;
  }
}

bool is_interrupted(const domain::Run& run) {
  return run.status == domain::RunStatus::interrupted && run.failure != lost_failure;
}

// A run that was begun for the firing is gone on with; whether there was one that settles it.
bool settled_by_run(Workspace& workspace, const domain::ModelPolicy& policy, Firing& firing) {
  const auto run = run_of(workspace, firing);
  if (!run) return false;
  if (run->status == domain::RunStatus::running && !is_lost(*run) && !is_handed_over(*run)) {
    throw Error{ErrorKind::unavailable, fmt::format("run {} of {} is still going", run->number, firing.model)};
  }
  if (is_resumable(*run)) {
    note_result(resume_retrain(workspace, run->number), firing);
    return true;
  }
  // What nobody can go on with, and ended for no reason of its own, is begun again.
  if (is_lost(*run) || run->failure == lost_failure || is_interrupted(*run)) return false;
  note_finished_run(workspace, policy, *run, firing);
  return true;
}

void try_to(Workspace& workspace, const domain::ModelPolicy& policy, const std::string& commit, Firing& firing) {
  if (firing.taken_up > most_take_ups) {
    firing.outcome = FiringOutcome::failed;
    firing.reason = fmt::format("its process was lost {} times", firing.taken_up);
    return;
  }
  if (firing.taken_up > 0) {
    const bool is_settled = settled_by_run(workspace, policy, firing);
    prune_trees(workspace);  // that of the process that was lost
    if (is_settled) return;
  }
  note_result(retrain(workspace, request_of(workspace, policy, commit, firing)), firing);
}

// Somebody stopped it, something can't be reached, or another process took the run up: the firing is not over.
bool may_go_on(ErrorKind kind) {
  return kind == ErrorKind::interrupted || kind == ErrorKind::unavailable || kind == ErrorKind::conflict;
}

}  // namespace

std::optional<std::int64_t> run_on_cluster(Workspace& workspace, const Firing& firing) {
  const auto run = run_of(workspace, firing);
  if (!run || run->status != domain::RunStatus::running || !is_handed_over(*run)) return std::nullopt;
  const runners::JobPhase phase = Inquiry{workspace, false}.phase(domain::execution_of(*run));
  const bool is_over = phase == runners::JobPhase::over || phase == runners::JobPhase::unknown;
  return is_over ? std::nullopt : std::optional{run->number};
}

Firing carry_out(Workspace& workspace, const domain::ModelPolicy& policy, const std::string& commit, Firing firing) {
  try {
    try_to(workspace, policy, commit, firing);
  } catch (const Error& error) {
    if (may_go_on(error.kind())) throw;
    firing.outcome = FiringOutcome::failed;
    firing.reason = error.message();
  }
  if (firing.outcome == FiringOutcome::running) return firing;
  const auto transaction = workspace.write();
  firing = transaction->finish_firing(firing);
  transaction->commit();
  return firing;
}

}  // namespace mlops::app
