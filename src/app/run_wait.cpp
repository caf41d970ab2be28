#include <mlops/app/run_wait.hpp>

#include <chrono>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/support/error.hpp>

#include "cluster/inquiry.hpp"
#include "cluster/job.hpp"
#include "cluster/search.hpp"
#include "lost_runs.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::chrono::milliseconds between_glances{200};

void take_in(Workspace& workspace, const domain::Run& run, WaitOutcome& outcome) {
  try {
    if (run.search_plan.is_null()) {
      outcome.retrain = resume_retrain(workspace, run.number);
    } else {
      outcome.search = resume_search(workspace, {.run = run.number, .jobs = {}, .budget_seconds = {}});
    }
  } catch (const Error& error) {
    const bool may_be_taken = error.kind() == ErrorKind::conflict || error.kind() == ErrorKind::unavailable;
    if (!may_be_taken || load_run(*workspace.read(), run.number).execution == run.execution) throw;
    // Another process was faster.
  }
}

[[noreturn]] void throw_unknown(const domain::Run& run, const domain::Execution& execution) {
  throw Error{ErrorKind::unavailable,
              fmt::format("the cluster knows {} no longer, and it left no result", job_text(*execution.job)),
              {fmt::format("`mlops retrain --resume {}` submits it anew", run.number),
               fmt::format("`mlops run stop {}` closes it", run.number)}};
}

// Of a search, or of the search whose trial this is.
std::optional<TrialWatch> trials_of(Workspace& workspace, std::int64_t number) {
  domain::Run run = load_run(*workspace.read(), number);
  if (!is_handed_over(run)) return std::nullopt;
  if (run.search) run = load_run(*workspace.read(), *run.search);
  if (run.search_plan.is_null()) return std::nullopt;
  return std::optional<TrialWatch>{std::in_place, workspace, run};
}

}  // namespace

WaitOutcome wait_for_run(Workspace& workspace, std::int64_t number) {
  WaitOutcome outcome;
  Inquiry inquiry{workspace, true};
  auto trials = trials_of(workspace, number);
  for (;;) {
    outcome.run = load_run(*workspace.read(), number);
    if (outcome.run.status != domain::RunStatus::running) return outcome;
    const domain::Execution execution = domain::execution_of(outcome.run);
    if (trials && is_handed_over(outcome.run)) {
      const bool are_all_over = trials->take_in() == 0;
      const bool is_search = !outcome.run.search_plan.is_null();
      if (is_search && are_all_over && !is_taken_in_elsewhere(execution)) {
        take_in(workspace, outcome.run, outcome);
        continue;
      }
    } else if (is_handed_over(outcome.run) && !is_taken_in_elsewhere(execution)) {
      const runners::JobPhase phase = inquiry.phase(execution);
      if (phase == runners::JobPhase::unknown) throw_unknown(outcome.run, execution);
      if (phase == runners::JobPhase::over) {
        take_in(workspace, outcome.run, outcome);
        continue;
      }
    } else if (is_lost(outcome.run)) {
      close_lost_runs(workspace);
    }
    if (workspace.context().interrupted()) throw Error{ErrorKind::interrupted, "interrupted; the run goes on"};
    std::this_thread::sleep_for(between_glances);
  }
}

}  // namespace mlops::app
