// The one place where errors are printed.
#pragma once

#include <mlops/cli/exit_code.hpp>
#include <mlops/cli/run.hpp>
#include <mlops/support/error.hpp>

#include "style.hpp"

namespace mlops::cli {

// On stderr: "error: …", its context, and a "hint: …" for each hint; as JSON one line {"error":{…}}.
void report(const Error& error, ExitCode code, const Streams& streams, const Style& style, bool json);

}  // namespace mlops::cli
