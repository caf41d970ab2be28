#include <mlops/app/search.hpp>

#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

#include "lost_runs.hpp"
#include "policy_source.hpp"
#include "recorded_command.hpp"
#include "retrain_inputs.hpp"
#include "retrain_plan.hpp"
#include "retrain_result.hpp"
#include "retrain_steps.hpp"
#include "search/crew.hpp"
#include "search/plan.hpp"
#include "search/table.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

using std::chrono::steady_clock;

RetrainOutcome outline(const RetrainDecision& decision, const domain::Policy& policy) {
  RetrainOutcome outcome;
  outcome.model = decision.model;
  outcome.plan = decision.plan;
  outcome.last_stage = policy.stages.back();
  if (decision.parent) outcome.parent = decision.parent->id;
  return outcome;
}

std::vector<Trial> planned_trials(const domain::SearchPlan& plan) {
  std::vector<Trial> trials;
  for (const domain::Params& params : plan.trials) {
    Trial trial;
    trial.number = static_cast<std::int64_t>(trials.size()) + 1;
    trial.params = params;
    if (plan.rungs && plan.rungs->param)
      trial.params.insert_or_assign(*plan.rungs->param, Json{plan.rungs->at.front()});
    trials.push_back(std::move(trial));
  }
  return trials;
}

// From now on this process looks after the search.
void own_search(Workspace& workspace, domain::Run& search) {
  domain::Execution execution = domain::execution_of(search);
  execution.owner = process_mark();
  search.execution = domain::to_json(execution);
  search.host = workspace.context().host;
  search.pid = ::getpid();
}

std::vector<Snapshot> inputs_of(Workspace& workspace, const SearchRequest& request, const RetrainDecision& decision) {
  const TrainingGround ground =
      lay_ground(workspace, code_of(workspace, decision), workspace.context().temporary_directory);
  return choose_inputs(workspace, request.retrain, decision, ground.project);
}

// The search as a run of its own: the parent of its trials.
domain::Run start_search(Workspace& workspace, const SearchRequest& request, const RetrainDecision& decision,
                         const domain::SearchPlan& plan) {
  Retraining training;
  training.decision = decision;
  plan_run(workspace, training);
  training.plan.execution.stages.clear();  // those are the trials'
  domain::Run run = training.plan.run;
  run.execution = domain::to_json(training.plan.execution);
  run.name = fmt::format("search for {}", plan.objective.text());
  run.search_plan = domain::to_json(plan);
  run.environment = runners::describe_environment(run.command, workspace.project());
  run.status = domain::RunStatus::running;
  run.started_at = workspace.now();
  own_search(workspace, run);
  std::vector<Snapshot> snapshots = inputs_of(workspace, request, decision);
  const auto transaction = workspace.write();
  run.inputs = record_snapshots(*transaction, snapshots);
  run = transaction->start_run(run);
  transaction->commit();
  hold_snapshot(workspace, decision, run.number);
  return run;
}

// Trials that ran before a resumption have had their part of the time.
std::int64_t milliseconds_spent(const domain::Run& search, const std::vector<domain::Run>& trials) {
  std::int64_t spent = 0;
  for (const domain::Run& run : trials) {
    if (run.ended_at) spent = std::max(spent, run.ended_at->milliseconds - search.started_at.milliseconds);
  }
  return spent;
}

std::optional<steady_clock::time_point> deadline_of(const domain::SearchPlan& plan, std::int64_t spent) {
  if (!plan.budget_seconds) return std::nullopt;
  return steady_clock::now() + std::chrono::milliseconds{*plan.budget_seconds * 1000 - spent};
}

// It can be resumed, whatever ended it.
void interrupt(Workspace& workspace, domain::Run search, const std::string& why) {
  search.status = domain::RunStatus::interrupted;
  search.failure = why;
  search.ended_at = workspace.now();
  record_end(workspace, search);
}

std::string nothing_to_register(const SearchTable& table) {
  const std::string& metric = table.plan.objective.metric;
  if (table.trials.empty()) return "no trial was begun";
  const auto succeeded = std::ranges::count_if(
      table.trials, [](const Trial& trial) { return trial.status == domain::RunStatus::succeeded; });
  if (succeeded == 0) return fmt::format("none of {} trials succeeded", table.trials.size());
  std::string why = fmt::format("no trial that succeeded told `{}`", printable(metric));
  for (const Trial& trial : table.trials) {
    std::vector<std::string> names;
    for (const auto& [name, value] : trial.metrics) names.push_back(name);
    if (const auto near = near_miss(metric, names)) return why + fmt::format(", did you mean `{}`?", printable(*near));
  }
  return why;
}

// The table is kept among the outputs of the search, so that lineage leads from the version to all that was tried.
void keep_table(Workspace& workspace, const SearchTable& table, domain::Run& search) {
  const std::string text = to_text(to_json(table)) + "\n";
  const auto batch = workspace.artifacts().begin_put({});
  const artifacts::StoredObject object = batch->put_bytes(text);
  batch->finish();
  search.outputs = {
      {.name = "search",
       .path = search_file,
       .files = {{.path = search_file, .digest = object.digest, .size = text.size(), .executable = false}}}};
}

void end_search(Workspace& workspace, const RetrainDecision& decision, domain::Run search, const SearchTable& table,
                SearchOutcome& outcome) {
  keep_table(workspace, table, search);
  search.ended_at = workspace.now();
  if (!table.best) {
    outcome.failure = nothing_to_register(table);
    search.status = domain::RunStatus::failed;
    search.failure = outcome.failure;
    return record_end(workspace, search);
  }
  const auto best = std::ranges::find(table.trials, *table.best, &Trial::number);
  search.status = domain::RunStatus::succeeded;
  search.metrics = best->metrics;
  outcome.retrain.run = workspace.read()->run(*best->run);
  const RetrainDecision decided = with_params(decision, best->params);
  outcome.retrain.plan = decided.plan;
  register_version(workspace, table.plan.message, decided, *outcome.retrain.run, search, outcome.retrain);
  compare_result(workspace, decided, outcome.retrain);
  if (table.plan.promote) promote_result(workspace, *table.plan.promote, "", outcome.retrain);
}

// All trials that are still to be run, then the end of the search.
void carry_out(Workspace& workspace, const RetrainDecision& decision, const domain::Run& search,
               std::optional<steady_clock::time_point> deadline, SearchOutcome& outcome) {
  const domain::SearchPlan& plan = outcome.plan;
  const fs::path folder = workspace.registry() / "searches" / std::to_string(search.number);
  const auto strategy = strategy_of(plan, folder);
  for (const domain::Run& run : workspace.read()->trials(search.number)) {
    if (run.trial && run.status != domain::RunStatus::interrupted)
      strategy->ended(*run.trial, result_of(workspace, run, plan));
  }
  SearchCrew crew{workspace, {decision, plan, search}, *strategy, deadline};
  try {
    crew.work(plan.jobs);
  } catch (const Error& error) {
    if (!workspace.context().interrupted()) {
      interrupt(workspace, search, error.message());
      throw;
    }
  }
  if (workspace.context().interrupted()) {
    interrupt(workspace, search, "it was interrupted");
    throw Error{ErrorKind::interrupted,
                fmt::format("the search, run {}, was interrupted", search.number),
                {fmt::format("`mlops retrain --resume {}` goes on with it", search.number)}};
  }
  outcome.out_of_time = crew.out_of_time();
  const SearchTable table = search_table(*workspace.read(), search);
  outcome.trials = table.trials;
  outcome.best = table.best;
  end_search(workspace, decision, search, table, outcome);
  fs::remove_all(folder);
}

domain::Run take_over(Workspace& workspace, const domain::Run& seen) {
  domain::Run search = seen;
  search.status = domain::RunStatus::running;
  search.failure.clear();
  search.ended_at.reset();
  own_search(workspace, search);
  const auto transaction = workspace.write();
  transaction->resume_run(seen, search);
  transaction->commit();
  return search;
}

}  // namespace

SearchOutcome search(Workspace& workspace, const SearchRequest& request) {
  const RetrainDecision decision = decide_retrain(workspace, request.retrain);
  const domain::Policy policy = gate_policy(workspace).policy;
  if (request.retrain.promote) require_stage(policy, *request.retrain.promote);
  SearchOutcome outcome;
  outcome.plan = draw_up(workspace, request, decision);
  outcome.retrain = outline(decision, policy);
  if (request.retrain.dry_run) {
    outcome.trials = planned_trials(outcome.plan);
    return outcome;
  }
  close_lost_runs(workspace);
  prune_trees(workspace);
  tell_ground(workspace, decision);
  tell_changes(workspace, code_of(workspace, decision));
  const domain::Run search = start_search(workspace, request, decision, outcome.plan);
  outcome.run = search.number;
  carry_out(workspace, decision, search, deadline_of(outcome.plan, 0), outcome);
  return outcome;
}

SearchOutcome resume_search(Workspace& workspace, const ResumeSearchRequest& request) {
  const domain::Run seen = require_resumable(workspace, request.run);
  const domain::Policy policy = gate_policy(workspace).policy;
  SearchOutcome outcome;
  outcome.plan = domain::search_plan_from_json(seen.search_plan);
  if (request.jobs) outcome.plan.jobs = *request.jobs;
  if (request.budget_seconds) outcome.plan.budget_seconds = request.budget_seconds;
  const RetrainDecision decision = decide_again(workspace, seen, outcome.plan.repeats);
  outcome.retrain = outline(decision, policy);
  outcome.run = seen.number;
  const domain::Run search = take_over(workspace, seen);
  close_lost_runs(workspace);  // trials that a killed process left
  prune_trees(workspace);
  hold_snapshot(workspace, decision, search.number);
  tell_ground(workspace, decision);
  tell_changes(workspace, code_of(workspace, decision));
  const auto trials = workspace.read()->trials(search.number);
  const std::int64_t spent = request.budget_seconds ? 0 : milliseconds_spent(search, trials);
  carry_out(workspace, decision, search, deadline_of(outcome.plan, spent), outcome);
  return outcome;
}

}  // namespace mlops::app
