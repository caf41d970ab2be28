// What the exit code of every command means. `mlops help exit-codes` and docs/exit-codes.md print this table.
#pragma once

#include <string_view>
#include <vector>

#include <mlops/support/error.hpp>

namespace mlops::cli {

enum class ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  refused = 3,
  not_found = 4,
  conflict = 5,
  integrity = 6,
  training = 7,
  unavailable = 8,
  interrupted = 130,
  terminated = 143,
};

struct ExitCodeInfo {
  ExitCode code;
  std::string_view name;
  std::string_view meaning;
};
const std::vector<ExitCodeInfo>& exit_codes();

ExitCode exit_code_of(ErrorKind kind);

}  // namespace mlops::cli
