// How `retrain` and `run wait` tell what came of a training.
#pragma once

#include <mlops/app/run.hpp>
#include <mlops/app/run_wait.hpp>
#include <mlops/app/search.hpp>
#include <mlops/cli/exit_code.hpp>

#include "session.hpp"

namespace mlops::cli {

ExitCode print_retraining(const Session& session, const app::RetrainOutcome& outcome);
ExitCode print_searched(const Session& session, const app::SearchOutcome& outcome);
// Without a word.
ExitCode code_of(const Session& session, const app::WaitOutcome& outcome);
ExitCode print_waited(const Session& session, const app::WaitOutcome& outcome);

// A cluster has it now, and nobody has waited for it.
bool is_handed_over(const app::RetrainOutcome& outcome);
void tell_handed_over(const Session& session, const domain::Run& run);

}  // namespace mlops::cli
