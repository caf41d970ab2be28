// The stages of a run at work, several at a time where they don't wait for each other.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include <mlops/app/workspace.hpp>

#include "recorded_command.hpp"
#include "stages/judge.hpp"

namespace mlops::app {

struct StageWork {
  CommandPlan& whole;  // `whole.execution.stages` are what is done
  const RunFolder& folder;
  Watch watch;
  bool fresh = false;          // nothing is taken over from earlier runs
  std::int64_t jobs = 1;       // so many at once
  std::function<void()> save;  // records what is known of the run now; may be empty
  // Does it while others have the workspace; may be empty where nobody else wants it.
  std::function<void(const std::function<void()>&)> away;
};

// Runs or takes over each stage that is not done, and keeps what came of all in `whole.run`: status, exit code and
// failure, log, metrics, outputs, environment. Stops at the first that fails; those that run meanwhile go on to their
// end.
void run_stages(Workspace& workspace, const StageWork& work);

// The same for who has the terminal.
struct StageChoice {
  bool fresh = false;
  std::int64_t jobs = 1;
  std::function<void()> save;
};
void run_stages(Workspace& workspace, CommandPlan& whole, const RunFolder& folder, const StageChoice& choice);

// How many at once where nobody says it: as many as there are cores.
std::int64_t default_stage_jobs();

class StageCrew {
 public:
  StageCrew(Workspace& workspace, const StageWork& work);

  void go();

 private:
  using Lock = std::unique_lock<std::mutex>;
  void job();
  std::optional<std::size_t> next_stage(Lock& lock);
  [[nodiscard]] std::optional<std::size_t> ready_stage() const;
  void do_stage(domain::StageRun& stage, Lock& lock);
  bool set_up();
  void run_stage(domain::StageRun& stage, Lock& lock);
  void note_result(domain::StageRun& stage, CommandPlan& command);
  void note_failure(const domain::Run& command, std::string failure);
  void attempt(CommandPlan& command, const RunFolder& folder, const std::string& name) const;
  void tell(const std::string& message) const;
  void save() const;
  [[nodiscard]] bool is_over() const;

  Workspace& workspace_;
  const StageWork& work_;
  const std::int64_t jobs_;
  StageJudge judge_;
  std::mutex mutex_;  // who holds it has the workspace and the records
  mutable std::mutex terminal_;
  std::condition_variable changed_;
  std::size_t running_ = 0;
  bool is_set_up_ = false;
  struct End {
    domain::RunStatus status = domain::RunStatus::failed;
    std::optional<int> exit_code;
    std::string failure;
  };
  std::optional<End> end_;  // of a stage that was not done
  std::exception_ptr error_;
};

}  // namespace mlops::app
