#include <mlops/cli/exit_code.hpp>

namespace mlops::cli {

const std::vector<ExitCodeInfo>& exit_codes() {
  static const std::vector<ExitCodeInfo> codes = {
      {ExitCode::done, "done",
       "it did what was asked; for `diff`: the two are the same; for `scan` and `dataset check`: nothing found"},
      {ExitCode::failed, "failed",
       "something went wrong that no other code describes; for `diff`: the two differ; for `scan`: dangerous; for "
       "`dataset check`: the table has anomalies; for `dataset drift`: the data has drifted; "
       "for `hook deliver`, `redeliver` and `test`: something did not arrive"},
      {ExitCode::usage, "usage", "the command line or an input file is invalid; for `scan`: malformed or unscannable"},
      {ExitCode::refused, "refused",
       "a gate or policy says no; the output says which condition, and by how much; for `scan`: nothing that can be "
       "scanned; for `compare`: failed or inconclusive; for `monitor check`: not healthy"},
      {ExitCode::not_found, "not found", "a named model, version, stage, file … does not exist"},
      {ExitCode::conflict, "conflict", "someone else changed it meanwhile, or it exists already"},
      {ExitCode::integrity, "integrity", "stored bytes or records are not what they were"},
      {ExitCode::training, "training", "the training command failed; its log is kept"},
      {ExitCode::unavailable, "unavailable", "a lock or database can't be reached now; try again"},
      {ExitCode::interrupted, "interrupted", "stopped by Ctrl-C (SIGINT)"},
      {ExitCode::terminated, "terminated", "stopped by SIGTERM"},
  };
  return codes;
}

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::failed:
      return ExitCode::failed;
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::refused:
      return ExitCode::refused;
    case ErrorKind::not_found:
      return ExitCode::not_found;
    case ErrorKind::conflict:
      return ExitCode::conflict;
    case ErrorKind::integrity:
      return ExitCode::integrity;
    case ErrorKind::training:
      return ExitCode::training;
    case ErrorKind::unavailable:
      return ExitCode::unavailable;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
  }
  return ExitCode::failed;
}

}  // namespace mlops::cli
