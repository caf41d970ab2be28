#include "cluster/search.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "cluster/job.hpp"
#include "cluster/profile.hpp"
#include "recorded_command.hpp"
#include "retrain_steps.hpp"
#include "run_folder.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::string array_name(const domain::Run& search, const domain::ClusterJob& job) {
  return fmt::format("{}-{}", job.name, search.number);
}

// "345" and 3 as "345_3"; "345;big" and 3 as "345_3;big", of a federation.
std::string task_of(const std::string& array, std::size_t task) {
  const auto at = std::min(array.find(';'), array.size());
  return fmt::format("{}_{}{}", array.substr(0, at), task, array.substr(at));
}

fs::path array_folder(const Workspace& workspace, const domain::Run& search, const domain::ClusterJob& job) {
  return jobs_folder(workspace, profile_of(job)) / array_name(search, job);
}

void note_job(domain::Run& run, const std::string& id) {
  domain::Execution execution = domain::execution_of(run);
  execution.job->id = id;
  execution.owner.clear();
  run.execution = domain::to_json(execution);
}

// Of all of them or of none.
void record_ids(Workspace& workspace, std::vector<domain::Run>& trials, const std::vector<std::string>& ids,
                domain::Run& search, const std::string& array) {
  const auto transaction = workspace.write();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    note_job(trials[i], ids[i]);
    transaction->advance_run(trials[i]);
  }
  note_job(search, array);
  transaction->advance_run(search);
  transaction->commit();
}

std::string array_of(const std::string& task) {
  const auto at = std::min(task.find('_'), task.size());
  const auto cluster = task.find(';');
  return task.substr(0, at) + (cluster == std::string::npos ? std::string{} : task.substr(cluster));
}

void end_run(Workspace& workspace, domain::Run run, domain::RunStatus status, const std::string& why) {
  domain::Execution execution = domain::execution_of(run);
  execution.folder.reset();
  run.execution = domain::to_json(execution);
  run.status = status;
  run.failure = why;
  run.ended_at = workspace.now();
  record_end(workspace, run);
}

// With its folder and work tree.
void give_up_trial(Workspace& workspace, const domain::Run& run, domain::RunStatus status, const std::string& why) {
  if (const auto folder = domain::execution_of(run).folder) {
    workspace.repository()->adopt_worktree(*folder);
    if (fs::exists(*folder)) RunFolder::take_over(*folder);
  }
  end_run(workspace, run, status, why);
}

// Laid out and recorded, but not submitted; what the array is given of it.
runners::Job prepare_trial(Workspace& workspace, const SearchGround& ground, const TrialPlan& plan,
                           domain::ClusterJob job, domain::Run& run) {
  Retraining trial = begin_trial(workspace, ground, plan, std::move(job));
  recording_failure(workspace, trial.plan.run, [&] { lay_out(workspace, trial); });
  runners::Job made = make_job(workspace, trial.plan, *trial.folder);
  record_progress(workspace, trial.plan.run);
  trial.folder->keep();
  trial.ground.worktree->keep();
  run = trial.plan.run;
  return made;
}

void leave_search(Workspace& workspace, domain::Run search, const std::string& why) {
  search.status = domain::RunStatus::interrupted;
  search.failure = why;
  search.ended_at = workspace.now();
  record_end(workspace, search);
}

bool has_left_result(const domain::Run& run) {
  const auto folder = domain::execution_of(run).folder;
  return folder && runners::read_job_result(*folder).is_over;
}

}  // namespace

void require_known_trials(const domain::SearchPlan& plan, const runners::Profile& profile) {
  const auto refuse = [&](const std::string& what) {
    throw Error{ErrorKind::usage,
                fmt::format("{}, and can't be handed to {}", what, printable(profile.name)),
                {"`--on local` searches on this machine", "grid and random searches can be handed over"}};
  };
  if (profile.kind != "slurm") refuse("a search is a job array, which only Slurm has here");
  if (plan.method == domain::SearchMethod::optuna) refuse("Optuna draws each trial from the results of those before");
  if (plan.rungs) refuse("a search with rungs looks at its trials while they run");
  if (plan.budget_seconds) refuse("a search with a budget ends its trials when the time is up");
}

void hand_over_trials(Workspace& workspace, const SearchGround& ground, const std::vector<TrialPlan>& plans,
                      domain::Run& search) {
  const domain::ClusterJob job = *domain::execution_of(search).job;
  const runners::Profile profile = profile_of(job);
  runners::JobArray array{.name = array_name(search, job),
                          .run = std::to_string(search.number),
                          .folder = array_folder(workspace, search, job),
                          .jobs = {},
                          .at_once = ground.plan.jobs};
  std::vector<domain::Run> trials;
  try {
    for (const TrialPlan& plan : plans) {
      domain::ClusterJob task = job;
      task.id.clear();
      task.name = fmt::format("{}_{}", array.name, trials.size() + 1);
      domain::Run run;
      array.jobs.push_back(prepare_trial(workspace, ground, plan, std::move(task), run));
      trials.push_back(std::move(run));
    }
    const auto cluster = runners::open_cluster(profile);
    const std::vector<std::string> ids = cluster->submit(array);
    record_ids(workspace, trials, ids, search, array_of(ids.front()));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) {
      leave_search(workspace, search, error.message());
      Error told = error;
      told.add_hint(fmt::format("`mlops retrain --resume {}` hands it over later, and never twice", search.number));
      throw told;
    }
    for (const domain::Run& run : trials)
      give_up_trial(workspace, run, domain::RunStatus::interrupted, "its search could not be handed over");
    end_run(workspace, search, domain::RunStatus::failed, error.message());
    throw;
  }
}

bool adopt_trials(Workspace& workspace, domain::Run& search) {
  const domain::ClusterJob job = *domain::execution_of(search).job;
  std::vector<domain::Run> trials;
  for (domain::Run& run : workspace.read()->trials(search.number)) {
    const auto task = domain::execution_of(run).job;
    if (run.status == domain::RunStatus::running && task && task->id.empty()) trials.push_back(std::move(run));
  }
  if (trials.empty()) return false;
  const auto array = runners::open_cluster(profile_of(job))->find(array_name(search, job));
  if (!array) {
    for (const domain::Run& run : trials)
      give_up_trial(workspace, run, domain::RunStatus::interrupted, "it was never handed over");
    return false;
  }
  std::vector<std::string> ids;
  for (const domain::Run& run : trials) {
    const std::string name = domain::execution_of(run).job->name;
    ids.push_back(
        task_of(*array, static_cast<std::size_t>(parse_integer(name.substr(name.rfind('_') + 1)).value_or(0))));
  }
  record_ids(workspace, trials, ids, search, *array);
  return true;
}

void remove_array_folder(const Workspace& workspace, const domain::Run& search) {
  std::error_code ignored;
  fs::remove_all(array_folder(workspace, search, *domain::execution_of(search).job), ignored);
}

TrialWatch::TrialWatch(Workspace& workspace, const domain::Run& search)
    : workspace_{workspace},
      search_{search},
      plan_{domain::search_plan_from_json(search.search_plan)},
      decision_{decide_again(workspace, search, plan_.repeats)} {}

std::vector<domain::Run> TrialWatch::going() {
  std::vector<domain::Run> going;
  for (domain::Run& run : workspace_.read()->trials(search_.number)) {
    if (run.status == domain::RunStatus::running && is_handed_over(run)) going.push_back(std::move(run));
  }
  return going;
}

std::size_t TrialWatch::take_in() {
  const std::vector<domain::Run> trials = going();
  std::size_t taken = 0;
  std::vector<const domain::Run*> without_result;
  std::vector<std::string> ids;
  for (const domain::Run& run : trials) {
    if (is_taken_in_elsewhere(domain::execution_of(run))) continue;
    if (has_left_result(run)) {
      taken += take_in_trial(run) ? 1 : 0;
    } else {
      without_result.push_back(&run);
      ids.push_back(domain::execution_of(run).job->id);
    }
  }
  if (ids.empty() || !pace_.is_time()) return trials.size() - taken;
  const auto cluster = runners::open_cluster(profile_of(*domain::execution_of(search_).job));
  const auto states = cluster->states(ids);
  pace_.asked();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const runners::JobPhase phase = states.at(ids[i]).phase;
    if (phase == runners::JobPhase::over) taken += take_in_trial(*without_result[i]) ? 1 : 0;
    if (phase != runners::JobPhase::unknown || has_left_result(*without_result[i])) continue;
    give_up_trial(workspace_, *without_result[i], domain::RunStatus::interrupted,
                  fmt::format("the cluster knows job {} no longer, and it left no result", printable(ids[i])));
    ++taken;
  }
  return trials.size() - taken;
}

bool TrialWatch::take_in_trial(const domain::Run& run) {
  Retraining trial;
  trial.plan.run = run;
  trial.plan.execution = domain::execution_of(run);
  trial.decision = with_params(decision_, run.param_overrides);
  const fs::path folder = *trial.plan.execution.folder;
  own(workspace_, trial.plan, folder);
  try {
    const auto transaction = workspace_.write();
    transaction->resume_run(run, trial.plan.run);
    transaction->commit();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
    return false;  // another process is faster
  }
  trial.ground = take_over_ground(workspace_, code_of(workspace_, decision_), folder);
  trial.folder.emplace(RunFolder::take_over(folder));
  if (!trial.ground.worktree) {
    end_run(workspace_, trial.plan.run, domain::RunStatus::interrupted, "its work tree is gone");
    return true;
  }
  plan_places(trial);
  // Until it is recorded, nothing of it may go.
  trial.folder->keep();
  trial.ground.worktree->keep();
  take_result(workspace_, trial.plan, *trial.folder);
  collect(workspace_, trial.plan, *trial.folder);
  let_go(trial.plan);
  record_end(workspace_, trial.plan.run);
  trial.folder->discard();
  trial.ground.worktree->discard();
  const domain::Run& ended = trial.plan.run;
  const auto number = static_cast<std::size_t>(run.trial.value_or(1));
  if (number < 1 || number > plan_.trials.size()) return true;
  const TrialPlan planned{.number = run.trial.value_or(1), .params = plan_.trials[number - 1]};
  workspace_.context().tell(
      ended_trial_text(plan_, planned, plan_.trials.size(), ended, result_of(workspace_, ended, plan_)));
  return true;
}

}  // namespace mlops::app
