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

#include "cluster/profile.hpp"
#include "cluster/search.hpp"
#include "cluster/training.hpp"
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
                         const domain::SearchPlan& plan, std::optional<domain::ClusterJob> job) {
  Retraining training;
  training.decision = decision;
  plan_run(workspace, training);
  training.plan.execution.stages.clear();  // those are the trials'
  training.plan.execution.job = std::move(job);
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

// As many trials at once as the cluster has room for, unless the person said how many.
void plan_array(const SearchRequest& request, domain::SearchPlan& plan) {
  const auto count = static_cast<std::int64_t>(plan.trials.size());
  plan.jobs = std::min(request.jobs.value_or(count), count);
}

// Those of the plan that have not ended, by number.
std::vector<TrialPlan> trials_left(Workspace& workspace, const domain::SearchPlan& plan, std::int64_t search) {
  std::vector<bool> has_ended(plan.trials.size() + 1);
  for (const domain::Run& run : workspace.read()->trials(search)) {
    const auto number = static_cast<std::size_t>(run.trial.value_or(0));
    if (number < has_ended.size() && run.status != domain::RunStatus::interrupted) has_ended[number] = true;
  }
  std::vector<TrialPlan> left;
  for (std::size_t number = 1; number <= plan.trials.size(); ++number) {
    if (!has_ended[number])
      left.push_back({.number = static_cast<std::int64_t>(number), .params = plan.trials[number - 1]});
  }
  return left;
}

void hand_over(Workspace& workspace, const RetrainDecision& decision, domain::Run search, SearchOutcome& outcome) {
  hand_over_trials(workspace, {decision, outcome.plan, search}, trials_left(workspace, outcome.plan, search.number),
                   search);
  outcome.trials = search_table(*workspace.read(), search).trials;
  outcome.handed_over = std::move(search);
}

// All trials are over: the best becomes a version, unless some of them have to be run again first.
void conclude(Workspace& workspace, const RetrainDecision& decision, const domain::Run& search,
              SearchOutcome& outcome) {
  remove_array_folder(workspace, search);
  const SearchTable table = search_table(*workspace.read(), search);
  outcome.trials = table.trials;
  if (const auto left = trials_left(workspace, outcome.plan, search.number); !left.empty()) {
    outcome.failure =
        fmt::format("{} of {} trials did not come to an end of their own", left.size(), outcome.plan.trials.size());
    return interrupt(workspace, search, outcome.failure);
  }
  outcome.best = table.best;
  end_search(workspace, decision, search, table, outcome);
}

// Goes on with one whose trials are jobs: takes in what is over, and hands over anew what has to be.
void resume_array(Workspace& workspace, const RetrainDecision& decision, domain::Run search, SearchOutcome& outcome) {
  const bool is_adopted = adopt_trials(workspace, search);
  const bool is_interrupted = search.status == domain::RunStatus::interrupted;
  const std::size_t going = TrialWatch{workspace, search}.take_in();
  if (going > 0 && is_adopted) {
    outcome.handed_over = is_interrupted ? take_over(workspace, search) : search;
    outcome.trials = search_table(*workspace.read(), search).trials;
    return;
  }
  if (going > 0) {
    throw Error{ErrorKind::unavailable,
                fmt::format("run {} is still going: {} of {} trials are not over", search.number, going,
                            outcome.plan.trials.size()),
                {fmt::format("`mlops run wait {}` waits for them", search.number),
                 fmt::format("`mlops run stop {}` ends them", search.number)}};
  }
  search = take_over(workspace, search);
  if (!is_interrupted || trials_left(workspace, outcome.plan, search.number).empty())
    return conclude(workspace, decision, search, outcome);
  domain::Execution execution = domain::execution_of(search);
  execution.job = new_job(profile_of(*execution.job));
  search.execution = domain::to_json(execution);
  record_progress(workspace, search);
  hand_over(workspace, decision, std::move(search), outcome);
}

}  // namespace

SearchOutcome search(Workspace& workspace, const SearchRequest& request) {
  const RetrainDecision decision = decide_retrain(workspace, request.retrain);
  const domain::Policy policy = gate_policy(workspace).policy;
  if (request.retrain.promote) require_stage(policy, *request.retrain.promote);
  SearchOutcome outcome;
  outcome.plan = draw_up(workspace, request, decision);
  outcome.retrain = outline(decision, policy);
  const runners::Profile profile = choose_profile(workspace.context().settings, request.retrain.on, decision.recipe.on);
  const bool is_array = profile.kind != here;
  if (is_array) {
    require_one_command(decision, profile);
    require_known_trials(outcome.plan, profile);
    plan_array(request, outcome.plan);
  }
  if (request.retrain.dry_run) {
    outcome.trials = planned_trials(outcome.plan);
    return outcome;
  }
  close_lost_runs(workspace);
  prune_trees(workspace);
  tell_ground(workspace, decision);
  tell_changes(workspace, code_of(workspace, decision));
  const domain::Run search = start_search(workspace, request, decision, outcome.plan,
                                          is_array ? std::optional{new_job(profile)} : std::nullopt);
  outcome.run = search.number;
  if (is_array) {
    hand_over(workspace, decision, search, outcome);
    return outcome;
  }
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
  if (domain::execution_of(seen).job) {
    resume_array(workspace, decision, seen, outcome);
    return outcome;
  }
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
