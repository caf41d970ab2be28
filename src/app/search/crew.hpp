// Trials at work, several at a time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/search.hpp>

#include "retrain_plan.hpp"
#include "retrain_steps.hpp"
#include "search/strategy.hpp"

namespace mlops::app {

// What all trials of a search share.
struct SearchGround {
  const RetrainDecision& decision;  // with the params that are not searched
  const domain::SearchPlan& plan;
  const domain::Run& search;  // its own run
};

// One thread for each job. All of them use the workspace and the strategy, one at a time; only while its command runs
// is a thread on its own.
class SearchCrew {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  SearchCrew(Workspace& workspace, const SearchGround& ground, Strategy& strategy, std::optional<SteadyTime> deadline)
      : workspace_{workspace}, ground_{ground}, strategy_{strategy}, deadline_{deadline} {}

  // Until the strategy has no more trials, the deadline has come, or a Ctrl-C was seen. A trial that fails is told to
  // the strategy; an error that is no trial's own (a full disk, a lost registry) stops the others and is thrown.
  void work(std::int64_t jobs);

  [[nodiscard]] bool out_of_time() const;

 private:
  struct Trial;
  class AtWork;
  void job();
  std::optional<TrialPlan> next_trial(std::unique_lock<std::mutex>& lock);
  void run_trial(const TrialPlan& plan, std::unique_lock<std::mutex>& lock);
  bool should_stop(Trial& trial);
  [[nodiscard]] int stop_signal() const;
  void note_stop(Trial& trial) const;
  void note_end(const TrialPlan& plan, const domain::Run& run);
  [[nodiscard]] bool is_over() const;

  Workspace& workspace_;
  SearchGround ground_;
  Strategy& strategy_;
  std::optional<SteadyTime> deadline_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  std::exception_ptr error_;
};

// The curve of the objective that a run stored; empty where there is none.
domain::Curve stored_curve(Workspace& workspace, const domain::Run& run, const std::string& metric);

// A trial whose start is recorded, not yet in a place: its search is what is resumed, and not the trial. With a job, of
// that cluster.
Retraining begin_trial(Workspace& workspace, const SearchGround& ground, const TrialPlan& plan,
                       std::optional<domain::ClusterJob> job = {});

// "trial 3 of 12 (run 7), lr 0.1: auc 0.93"
std::string ended_trial_text(const domain::SearchPlan& search, const TrialPlan& plan, std::size_t total,
                             const domain::Run& run, const TrialResult& result);

// What the strategy is told of a run that has ended.
TrialResult result_of(Workspace& workspace, const domain::Run& run, const domain::SearchPlan& plan);

}  // namespace mlops::app
