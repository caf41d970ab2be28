// What one stage printed, out of the log of its run.
#pragma once

#include <string>
#include <string_view>

namespace mlops::app {

// The lines between the heading of this stage and the next one. `has_marks`: the log is as log_lines.hpp says. The last
// line may still be without an end; it counts when `is_over`, as nothing follows it.
std::string lines_of_stage(std::string_view log, bool has_marks, std::string_view stage, bool is_over);

}  // namespace mlops::app
