// What `run` and `run rerun` tell of a run that has ended.
#pragma once

#include <string>
#include <vector>

#include <mlops/cli/exit_code.hpp>
#include <mlops/domain/records.hpp>

#include "session.hpp"

namespace mlops::cli {

std::string duration_of(const Session& session, const domain::Run& run);
std::string files_text(const domain::RunOutput& output);

void print_planned_command(const Session& session, const std::vector<std::string>& command);
ExitCode print_run_result(const Session& session, const domain::Run& run);

}  // namespace mlops::cli
