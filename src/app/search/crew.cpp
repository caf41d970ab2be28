#include "search/crew.hpp"

#include <csignal>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include <mlops/app/run_looks.hpp>
#include <mlops/formats/metrics.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "cluster/profile.hpp"
#include "recorded_command.hpp"
#include "retrain_steps.hpp"
#include "run_folder.hpp"
#include "stages/crew.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::string params_in_words(const domain::Params& params) {
  std::vector<std::string> words;
  for (const auto& [name, value] : params) {
    words.push_back(
        fmt::format("{} {}", printable(name), value.is_string() ? printable(value.as_string()) : to_line(value)));
  }
  return join(words, ", ");
}

}  // namespace

Retraining begin_trial(Workspace& workspace, const SearchGround& ground, const TrialPlan& plan,
                       std::optional<domain::ClusterJob> job) {
  Retraining training;
  training.decision = with_params(ground.decision, plan.params);
  training.folder.emplace(
      RunFolder::make(job ? jobs_folder(workspace, profile_of(*job)) : workspace.context().temporary_directory));
  plan_run(workspace, training);
  domain::Run& run = training.plan.run;
  run.name = fmt::format("trial {}", plan.number);
  run.search = ground.search.number;
  run.trial = plan.number;
  training.plan.execution.job = std::move(job);
  for (const domain::DataUse& use : ground.search.inputs)
    training.plan.snapshots.push_back(recorded_snapshot(workspace, use));
  record_start(workspace, training.plan, *training.folder);
  return training;
}

domain::Curve stored_curve(Workspace& workspace, const domain::Run& run, const std::string& metric) {
  domain::Series series = run_series(workspace, run);
  const auto found = series.find(metric);
  return found == series.end() ? domain::Curve{} : std::move(found->second);
}

std::string ended_trial_text(const domain::SearchPlan& search, const TrialPlan& plan, std::size_t total,
                             const domain::Run& run, const TrialResult& result) {
  const std::string metric = printable(search.objective.metric);
  std::string how = run.failure.empty() ? fmt::format("no {}", metric) : run.failure;
  if (run.status == domain::RunStatus::succeeded && result.value)
    how = fmt::format("{} {}", metric, figure_text(*result.value));
  return fmt::format("trial {} of {} (run {}), {}: {}", plan.number, total, run.number, params_in_words(plan.params),
                     printable(how));
}

TrialResult result_of(Workspace& workspace, const domain::Run& run, const domain::SearchPlan& plan) {
  TrialResult result{.status = run.status, .value = {}, .curve = {}};
  const auto value = run.metrics.find(plan.objective.metric);
  const bool counts = run.status == domain::RunStatus::succeeded || run.status == domain::RunStatus::stopped;
  if (counts && value != run.metrics.end()) result.value = value->second;
  if (plan.rungs && !plan.rungs->param) result.curve = stored_curve(workspace, run, plan.objective.metric);
  return result;
}

// One trial from its start to its end. Its members are touched by its own thread only.
struct SearchCrew::Trial {
  // Of a recipe with stages, that of the one that runs.
  [[nodiscard]] fs::path metrics_file() const {
    for (const domain::StageRun& stage : training.plan.execution.stages) {
      if (stage.status != domain::StageStatus::running) continue;
      return stage.metrics_file ? training.plan.directory / *stage.metrics_file
                                : training.folder->of_stage(stage.name).metrics();
    }
    return training.plan.metrics_file.value_or(training.folder->metrics());
  }

  const TrialPlan& plan;
  Retraining training;
  std::optional<std::string> stopped = std::nullopt;  // why it is not worth its time
  bool cut_off = false;                               // the deadline came, or another thread failed
  std::uintmax_t seen_bytes = 0;                      // of its metrics
};

// While the command of a trial runs, the others have the workspace.
class SearchCrew::AtWork {
 public:
  AtWork(SearchCrew& crew, std::unique_lock<std::mutex>& lock) : crew_{crew}, lock_{lock} {
    ++crew_.running_;
    lock_.unlock();
  }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() {
    lock_.lock();
    --crew_.running_;
  }

 private:
  SearchCrew& crew_;
  std::unique_lock<std::mutex>& lock_;
};

void SearchCrew::work(std::int64_t jobs) {
  const SecondInterruption expected{workspace_.context()};
  std::vector<std::thread> threads;
  for (std::int64_t i = 0; i < jobs; ++i) threads.emplace_back([this] { job(); });
  for (std::thread& thread : threads) thread.join();
  if (error_) std::rethrow_exception(error_);
}

bool SearchCrew::out_of_time() const { return deadline_ && std::chrono::steady_clock::now() >= *deadline_; }

bool SearchCrew::is_over() const { return error_ || out_of_time() || workspace_.context().interrupted(); }

void SearchCrew::job() {
  std::unique_lock lock{mutex_};
  try {
    while (const auto plan = next_trial(lock)) run_trial(*plan, lock);
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    if (!error_) error_ = std::current_exception();
  }
  ended_.notify_all();
}

std::optional<TrialPlan> SearchCrew::next_trial(std::unique_lock<std::mutex>& lock) {
  while (!is_over()) {
    if (auto plan = strategy_.next()) return plan;
    if (running_ == 0) return std::nullopt;
    ended_.wait(lock);
  }
  return std::nullopt;
}

void SearchCrew::run_trial(const TrialPlan& plan, std::unique_lock<std::mutex>& lock) {
  Trial trial{.plan = plan, .training = begin_trial(workspace_, ground_, plan)};
  CommandPlan& command = trial.training.plan;
  domain::Run& run = command.run;
  const auto act = [&] {
    lay_out(workspace_, trial.training);
    const Watch watch{.echo = {},
                      .should_stop = [&] { return should_stop(trial); },
                      .stop_signal = [&] { return stop_signal(); },
                      .tell = {},
                      .alone = ground_.plan.jobs == 1};
    const auto away = [&](const std::function<void()>& do_it) {
      const AtWork meanwhile{*this, lock};
      do_it();
    };
    if (!command.execution.stages.empty()) {
      run_stages(workspace_, {.whole = command,
                              .folder = *trial.training.folder,
                              .watch = watch,
                              .fresh = false,
                              .jobs = 1,
                              .save = [&] { record_progress(workspace_, run); },
                              .away = away});
      return note_stop(trial);
    }
    away([&] { run_attempts(workspace_, command, *trial.training.folder, watch); });
    note_stop(trial);
    collect(workspace_, command, *trial.training.folder);
  };
  // An error that is not the trial's own: whoever goes on with the search runs it again.
  recording_failure(workspace_, run, act, domain::RunStatus::interrupted);
  let_go(command);
  record_end(workspace_, run);
  note_end(plan, run);
  ended_.notify_all();
}

// A trial that is not worth its time gets no Ctrl-C.
int SearchCrew::stop_signal() const {
  const Context& context = workspace_.context();
  return context.interrupted() && context.stop_signal ? context.stop_signal() : SIGTERM;
}

// Why it was, where it was stopped.
void SearchCrew::note_stop(Trial& trial) const {
  domain::Run& run = trial.training.plan.run;
  if (run.status != domain::RunStatus::interrupted) return;
  if (trial.stopped) {
    run.status = domain::RunStatus::stopped;
    run.failure = *trial.stopped;
  } else if (trial.cut_off && !workspace_.context().interrupted()) {
    run.failure = error_ ? "another trial could not be recorded" : "the time of its search was up";
  }
}

// Called every tenth of a second by the thread of the trial, which does not hold the lock.
bool SearchCrew::should_stop(Trial& trial) {
  if (trial.stopped || trial.cut_off) return true;
  if (workspace_.context().interrupted()) return true;
  std::error_code none;
  const std::uintmax_t bytes =
      ground_.plan.rungs && !ground_.plan.rungs->param ? fs::file_size(trial.metrics_file(), none) : trial.seen_bytes;
  const bool has_news = !none && bytes != trial.seen_bytes;
  domain::Curve curve;
  if (has_news) {
    trial.seen_bytes = bytes;
    auto series = formats::read_run_metrics_so_far(trial.metrics_file(), {}).series;
    curve = std::move(series[ground_.plan.objective.metric]);
  }
  const std::lock_guard guard{mutex_};
  trial.cut_off = error_ || out_of_time();
  if (has_news) trial.stopped = strategy_.judge(trial.plan.number, curve);
  return trial.cut_off || trial.stopped;
}

void SearchCrew::note_end(const TrialPlan& plan, const domain::Run& run) {
  if (run.status == domain::RunStatus::interrupted) return;
  const TrialResult result = result_of(workspace_, run, ground_.plan);
  strategy_.ended(plan.number, result);
  workspace_.context().tell(ended_trial_text(ground_.plan, plan, strategy_.total(), run, result));
}

}  // namespace mlops::app
