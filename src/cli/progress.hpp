// A progress line on the terminal: share, bytes, rate and time left. It appears only when something takes long.
#pragma once

#include <functional>
#include <string>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/cli/run.hpp>

namespace mlops::cli {

// A function that is told of bytes, from any thread, and draws a line for them on streams.err; it draws nothing unless
// `visible`. In any case it throws Error{interrupted} once `interrupted()` is true. The line is wiped when the last
// copy of the function goes.
Progress start_progress(const Streams& streams, bool visible, const std::string& label, std::uint64_t total,
                        const std::function<bool()>& interrupted);

}  // namespace mlops::cli
