// Processes that are known by a variable of their environment, which children inherit wherever they go.
#pragma once

#include <cstddef>
#include <string_view>

#include <sys/types.h>

namespace mlops {

// Ends (SIGKILL) every process of this machine, but this one, that was started with this value of the variable, until
// there is none. How many these were, without members of the process group `uncounted`. One that was started with
// another environment is not found, nor are those of other users.
std::size_t end_processes_with(std::string_view variable, std::string_view value, pid_t uncounted = 0);

}  // namespace mlops
