#include "stages/crew.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "run_folder.hpp"
#include "stages/echo.hpp"
#include "stages/plan.hpp"
#include "stages/result.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

// No more than there are stages, and one where each waits for the one before.
std::int64_t jobs_for(const StageWork& work) {
  const std::vector<domain::StageRun>& stages = work.whole.execution.stages;
  if (domain::is_chain(stages)) return 1;
  return std::min(work.jobs, static_cast<std::int64_t>(stages.size()));
}

}  // namespace

void run_stages(Workspace& workspace, const StageWork& work) {
  StageCrew{workspace, work}.go();
  join_results(workspace, work.whole);
  work.whole.run.ended_at = workspace.now();
  gather_stage_logs(work.folder.path());
  if (fs::exists(work.folder.log())) work.whole.run.log = workspace.artifacts().put_file(work.folder.log(), {}).digest;
  work.whole.run.execution = domain::to_json(work.whole.execution);
}

void run_stages(Workspace& workspace, CommandPlan& whole, const RunFolder& folder, const StageChoice& choice) {
  const Context& context = workspace.context();
  const SecondInterruption expected{context};
  run_stages(workspace, {.whole = whole,
                         .folder = folder,
                         .watch = {.echo = context.echo,
                                   .should_stop = context.interrupted,
                                   .stop_signal = context.stop_signal,
                                   .tell = context.tell,
                                   .alone = true},
                         .fresh = choice.fresh,
                         .jobs = choice.jobs,
                         .save = choice.save,
                         .away = {}});
}

std::int64_t default_stage_jobs() { return std::max(1U, std::thread::hardware_concurrency()); }

StageCrew::StageCrew(Workspace& workspace, const StageWork& work)
    : workspace_{workspace}, work_{work}, jobs_{jobs_for(work)}, judge_{workspace, work.whole, work.fresh} {}

void StageCrew::go() {
  if (jobs_ <= 1) {
    job();
  } else {
    std::vector<std::thread> threads;
    for (std::int64_t i = 0; i < jobs_; ++i) threads.emplace_back([this] { job(); });
    for (std::thread& thread : threads) thread.join();
  }
  if (end_) {
    work_.whole.run.status = end_->status;
    work_.whole.run.exit_code = end_->exit_code;
    work_.whole.run.failure = end_->failure;
  }
  if (!error_) return;
  work_.whole.run.execution = domain::to_json(work_.whole.execution);
  std::rethrow_exception(error_);
}

void StageCrew::job() {
  Lock lock{mutex_};
  try {
    while (const auto next = next_stage(lock)) do_stage(work_.whole.execution.stages[*next], lock);
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    if (!error_) error_ = std::current_exception();
  }
  changed_.notify_all();
}

bool StageCrew::is_over() const {
  const auto& interrupted = workspace_.context().interrupted;
  return error_ || end_ || (interrupted && interrupted());
}

std::optional<std::size_t> StageCrew::ready_stage() const {
  const auto& stages = work_.whole.execution.stages;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto is_done = [&](const std::string& name) {
      const domain::StageRun* const needed = domain::find_stage(stages, name);
      return needed == nullptr || needed->is_done();
    };
    if (stages[i].status == domain::StageStatus::waiting && std::ranges::all_of(stages[i].needs, is_done)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> StageCrew::next_stage(Lock& lock) {
  while (!is_over()) {
    if (const auto ready = ready_stage()) return ready;
    if (running_ == 0) return std::nullopt;
    changed_.wait(lock);
  }
  return std::nullopt;
}

void StageCrew::do_stage(domain::StageRun& stage, Lock& lock) {
  if (const auto earlier = judge_.decide(stage)) {
    take_over_stage(*earlier, stage);
    if (makes_result(work_.whole, stage)) work_.whole.run.environment = earlier->environment;
    tell(fmt::format("stage {}: reused from run {}", stage.name, *stage.reused_from));
  } else {
    tell(fmt::format("stage {}: runs, {}", stage.name, stage.why));
    stage.status = domain::StageStatus::running;
    stage.started_at = workspace_.now();
    try {
      if (set_up()) run_stage(stage, lock);
    } catch (const Error& error) {
      if (!lock.owns_lock()) lock.lock();
      stage.status = domain::StageStatus::failed;
      stage.failure = error.message();
      throw;
    }
  }
  changed_.notify_all();
}

// Once, before the first stage that runs; nothing else runs meanwhile.
bool StageCrew::set_up() {
  const std::vector<std::string>& setup = work_.whole.execution.conduct.environment.setup;
  if (is_set_up_ || setup.empty()) return true;
  CommandPlan command = command_of_stage(work_.whole, {});
  command.run.command = setup;
  command.execution.conduct.retry = {};
  const RunFolder folder = work_.folder.of_stage(RunFolder::setup_name);
  attempt(command, folder, "env.setup");
  work_.folder.append_stage_log(RunFolder::setup_name);
  is_set_up_ = command.run.status == domain::RunStatus::succeeded;
  if (is_set_up_) return true;
  note_failure(command.run, fmt::format("the setup of its environment failed: {}", command.run.failure));
  for (domain::StageRun& stage : work_.whole.execution.stages) {
    if (stage.status != domain::StageStatus::running) continue;
    stage.status = domain::StageStatus::waiting;
    stage.started_at = std::nullopt;
  }
  return false;
}

void StageCrew::run_stage(domain::StageRun& stage, Lock& lock) {
  CommandPlan command = command_of_stage(work_.whole, stage);
  stage.command = command.run.command;
  clear_stage(stage, command.directory);
  place_needs(workspace_, work_.whole, stage);
  save();
  const RunFolder folder = work_.folder.of_stage(stage.name);
  const std::size_t attempts_before = stage.attempts.size();
  const std::string name = stage.name;
  ++running_;
  lock.unlock();
  try {
    attempt(command, folder, name);
  } catch (...) {
    lock.lock();
    --running_;
    throw;
  }
  lock.lock();
  --running_;
  collect(workspace_, command, folder);
  std::vector<domain::Attempt>& all = work_.whole.execution.attempts;
  const auto begin = command.execution.attempts.begin() + static_cast<std::ptrdiff_t>(attempts_before);
  all.insert(all.end(), begin, command.execution.attempts.end());
  note_result(stage, command);
  work_.folder.append_stage_log(name);
  if (stage.is_done()) fs::remove_all(folder.checkpoints());
  save();
}

void StageCrew::note_result(domain::StageRun& stage, CommandPlan& command) {
  note_stage_result(command, work_.whole, stage);
  if (!stage.is_done()) note_failure(command.run, stage_failure(stage));
}

// The first one counts. Until all is over the run itself is running.
void StageCrew::note_failure(const domain::Run& command, std::string failure) {
  if (end_) return;
  end_ = End{.status = command.status, .exit_code = command.exit_code, .failure = std::move(failure)};
}

void StageCrew::attempt(CommandPlan& command, const RunFolder& folder, const std::string& name) const {
  Watch watch = work_.watch;
  watch.alone = watch.alone && jobs_ <= 1;
  StageEcho echo{name, work_.watch.echo, jobs_ <= 1 ? nullptr : &terminal_};
  if (work_.watch.echo) watch.echo = [&echo](std::string_view bytes, bool is_stderr) { echo.take(bytes, is_stderr); };
  if (work_.watch.tell) watch.tell = [this](const std::string& message) { tell(message); };
  const auto act = [&] { run_attempts(workspace_, command, folder, watch); };
  if (work_.away) {
    work_.away(act);
  } else {
    act();
  }
  echo.finish();
}

void StageCrew::tell(const std::string& message) const {
  if (!work_.watch.tell) return;
  const std::lock_guard guard{terminal_};
  work_.watch.tell(message);
}

void StageCrew::save() const {
  work_.whole.run.execution = domain::to_json(work_.whole.execution);
  if (work_.save) work_.save();
}

}  // namespace mlops::app
