// The graphics processors of this machine.
#pragma once

#include <string_view>

#include <mlops/support/json.hpp>

namespace mlops::runners {

// [{name, memory, driver}] as `nvidia-smi` tells; null where it isn't installed or has nothing to say.
Json describe_gpus();

// The same from its answer to `--query-gpu=name,memory.total,driver_version --format=csv,noheader`.
Json parse_gpus(std::string_view answer);

}  // namespace mlops::runners
