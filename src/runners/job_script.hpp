// The script that a job is: one command, its attempts, and what it leaves behind for who collects it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/runners/cluster.hpp>

namespace mlops::runners {

// The folder below that of the run in which a job keeps what it tells.
std::filesystem::path job_folder(const std::filesystem::path& run_folder);

std::string shell_word(std::string_view word);  // in single quotes

// Seconds, where each attempt has a limit.
std::optional<std::int64_t> longest_work(const Job& job);

struct ScriptOptions {
  bool writes_log = false;    // itself, since the cluster would write it somewhere else
  std::string requeue;        // the command that puts this job back into the queue; "" where there is none
  std::int64_t requeues = 0;  // at most so often after its time was up
};
// For a POSIX shell, without the first line.
std::string job_script(const Job& job, const ScriptOptions& options);

}  // namespace mlops::runners
