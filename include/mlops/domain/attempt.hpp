// One try at a command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mlops/support/json.hpp>

namespace mlops::domain {

struct ResourceUse {
  std::int64_t wall_ms = 0;
  std::int64_t cpu_ms = 0;             // user and system, of the command and the children it waited for
  std::int64_t peak_memory_bytes = 0;  // of the largest of these processes
  friend bool operator==(const ResourceUse&, const ResourceUse&) = default;
};

struct Attempt {
  std::optional<int> exit_code;  // nullopt when it never started
  std::string failure;           // "" when it succeeded
  ResourceUse used;
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

Json to_json(const ResourceUse& use);
Json to_json(const Attempt& attempt);
// Error{failed} on another shape.
Attempt attempt_from_json(const Json& json);

}  // namespace mlops::domain
