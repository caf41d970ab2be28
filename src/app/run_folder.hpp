// The folder of one run while it isn't over: its params, log, checkpoints and work tree, outside of every repository.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/execution.hpp>

namespace mlops::app {

class RunFolder {
 public:
  // A new one below `parent`, which goes with the value.
  static RunFolder make(const std::filesystem::path& parent);
  // One that a process which is gone left; from now on it belongs to this one.
  static RunFolder take_over(std::filesystem::path path);

  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path params() const { return path_ / "params.json"; }
  [[nodiscard]] std::filesystem::path metrics() const { return path_ / "metrics.json"; }
  [[nodiscard]] std::filesystem::path log() const { return path_ / "log"; }
  [[nodiscard]] std::filesystem::path checkpoints() const;
  // Of one stage of its recipe: a place of the same kind, which goes with this one.
  [[nodiscard]] RunFolder of_stage(std::string_view name) const;
  static std::filesystem::path place_of_stage(const std::filesystem::path& run_folder, std::string_view name);
  static constexpr std::string_view setup_name = ".setup";  // no stage is called so

  void keep() { kept_ = true; }                // it stays when the value goes, for take_over()
  void discard() { kept_ = false; }            // it goes after all
  [[nodiscard]] bool has_checkpoints() const;  // of its own or of a stage
  // The log of a stage that is over, at the end of the run's.
  void append_stage_log(std::string_view name) const;

  void write_params(std::string_view json) const;

  // The command that runs in it, so that what a killed mlops left running can be found.
  void note_command(std::int64_t pid) const;
  // Written when the last attempt is over, and true from then on: the command is not run again.
  void note_attempts(const std::vector<domain::Attempt>& attempts) const;
  [[nodiscard]] std::optional<std::vector<domain::Attempt>> attempts() const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_{std::move(path)} {}
  void note_owner() const;

  std::filesystem::path path_;  // empty: nothing to remove
  bool kept_ = false;
};

// What stages that are not over have printed so far.
std::string logs_of_running_stages(const std::filesystem::path& run_folder);

// Puts the logs of stages that were left in the middle at the end of the run's.
void gather_stage_logs(const std::filesystem::path& run_folder);

// Ends what runs of its commands, be it that a killed mlops left it, and what they have started, wherever it went.
bool end_command_of(const std::filesystem::path& run_folder);
// Asks it to end.
bool terminate_command_of(const std::filesystem::path& run_folder);

// Folders of runs below `parent` whose process is gone.
std::vector<std::filesystem::path> abandoned_run_folders(const std::filesystem::path& parent);

}  // namespace mlops::app
