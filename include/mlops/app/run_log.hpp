// What a run printed, afterwards or while it prints.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/workspace.hpp>

namespace mlops::app {

struct RunLogLine {
  std::optional<std::int64_t> milliseconds;  // since the start of the attempt; nullopt in logs without times
  std::string stream;                        // "stdout", "stderr", "mlops" for a remark, "" in logs without streams
  std::string text;
};
struct RunLogOutcome {
  std::string text;  // both streams in the order they came
  std::vector<RunLogLine> lines;
  bool running = false;
};
// Of a run that is still going, what it printed so far. With `stage`, of that stage of its recipe alone:
// Error{not_found} when the run has no such stage, or reused it.
RunLogOutcome run_log(Workspace& workspace, std::int64_t number, const std::optional<std::string>& stage);

// Calls `print` with what the run printed so far and then with what it prints, until it is over. Error{interrupted}
// when the person had enough. `stage` as above.
void follow_run_log(Workspace& workspace, std::int64_t number, const std::optional<std::string>& stage,
                    const std::function<void(std::string_view)>& print);

}  // namespace mlops::app
