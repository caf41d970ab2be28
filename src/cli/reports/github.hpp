// What a job of GitHub Actions shows by itself: annotations and a summary. Nothing happens anywhere else.
#pragma once

#include <cstdint>
#include <string>

#include "reports/report.hpp"
#include "session.hpp"

namespace mlops::cli {

// One `::error title=…::…` line for each check that did not pass, the worst first, at most the ten that GitHub shows.
std::string github_annotations(const Report& report);

// When GITHUB_ACTIONS is `true`: the annotations below the text for people, on stderr when stdout belongs to a script,
// and the Markdown at the end of the file that GITHUB_STEP_SUMMARY names, if it fits the 1 MiB that GitHub takes.
void tell_github(const Session& session, const Report& report);

}  // namespace mlops::cli
