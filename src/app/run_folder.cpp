#include "run_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>

#include <mlops/domain/records.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/marked_processes.hpp>
#include <mlops/support/process_mark.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view folder_prefix = "mlops-run-";

fs::path checkpoints_in(const fs::path& run_folder) { return run_folder / "checkpoints"; }

std::string mark_in(const fs::path& file) {
  constexpr std::uint64_t most = 4096;
  try {
    return read_file(file, most);
  } catch (const Error&) {
    return {};
  }
}

// Without waiting for the disk: after a power cut nobody needs it.
void write_mark(const fs::path& file, std::string_view content) {
  const FileDescriptor to{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!to.valid()) throw system_error("can't write", file.string(), errno);
  write_all(to.get(), std::as_bytes(std::span{content}), file);
}

// Of a recipe with stages.
std::vector<fs::path> stage_folders(const fs::path& run_folder) {
  std::vector<fs::path> folders;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator{run_folder / "stages", none}) folders.push_back(entry.path());
  std::ranges::sort(folders);
  return folders;
}

bool signal_one_command(const fs::path& folder, int signal) {
  const auto pid = running_process(mark_in(folder / "command"));
  return pid && ::kill(-static_cast<pid_t>(*pid), signal) == 0;
}

bool signal_command_of(const fs::path& run_folder, int signal) {
  bool was_there = signal_one_command(run_folder, signal);
  for (const fs::path& stage : stage_folders(run_folder)) was_there = signal_one_command(stage, signal) || was_there;
  return was_there;
}

bool holds_anything(const fs::path& folder) {
  std::error_code unreadable;
  const bool is_empty = fs::is_empty(folder, unreadable);
  return !unreadable && !is_empty;
}

// Its maker was killed before it could write there whose it is: nothing else is in it, and it is no longer being made.
bool was_never_owned(const fs::path& folder) {
  constexpr auto time_to_make = std::chrono::minutes{1};
  std::error_code error;
  const auto changed = fs::last_write_time(folder, error);
  if (error || fs::file_time_type::clock::now() - changed < time_to_make) return false;
  const fs::directory_iterator entries{folder, error};
  if (error) return false;  // somebody else's
  return std::ranges::all_of(entries, [](const fs::directory_entry& entry) {
    std::error_code unreadable;
    return entry.path().filename() == "owner" && entry.file_size(unreadable) == 0;
  });
}

// Under a remark that names the stage; "" where there is none, or no longer. See log_lines.hpp for its shape.
std::string stage_log(const fs::path& stage_folder, std::string_view file) {
  constexpr std::uint64_t largest_log = 1u << 30;
  const std::string name = stage_folder.filename().string();
  const std::string heading = name == RunFolder::setup_name ? "0 x env.setup\n" : "0 x stage " + name + "\n";
  try {
    return heading + read_file(stage_folder / file, largest_log);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    return {};
  }
}

// It is put aside first, so that who looks at both logs meanwhile never sees it twice.
void append_log(const fs::path& run_folder, const fs::path& stage_folder) {
  std::error_code none;
  fs::rename(stage_folder / "log", stage_folder / "log.ended", none);
  const std::string text = stage_log(stage_folder, "log.ended");
  if (text.empty()) return;
  const fs::path whole = run_folder / "log";
  const FileDescriptor to{::open(whole.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!to.valid()) throw system_error("can't write", whole.string(), errno);
  write_all(to.get(), std::as_bytes(std::span{text}), whole);
  fs::remove(stage_folder / "log.ended");
}

}  // namespace

RunFolder RunFolder::make(const fs::path& parent) {
  fs::create_directories(parent);
  TemporaryDirectory made{fs::canonical(parent), folder_prefix};
  RunFolder folder{made.path()};
  made.keep();
  folder.note_owner();
  fs::create_directories(folder.checkpoints());
  return folder;
}

RunFolder RunFolder::take_over(fs::path path) {
  RunFolder folder{std::move(path)};
  fs::create_directories(folder.checkpoints());
  folder.note_owner();
  return folder;
}

RunFolder::RunFolder(RunFolder&& other) noexcept : path_{std::exchange(other.path_, {})}, kept_{other.kept_} {}

RunFolder::~RunFolder() {
  if (path_.empty() || kept_) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path RunFolder::checkpoints() const { return checkpoints_in(path_); }

fs::path RunFolder::place_of_stage(const fs::path& run_folder, std::string_view name) {
  return run_folder / "stages" / name;
}

RunFolder RunFolder::of_stage(std::string_view name) const {
  const fs::path path = place_of_stage(path_, name);
  fs::create_directories(checkpoints_in(path));
  RunFolder folder{path};
  folder.keep();
  return folder;
}

bool RunFolder::has_checkpoints() const {
  return holds_anything(checkpoints()) || std::ranges::any_of(stage_folders(path_), [](const fs::path& stage) {
           return holds_anything(checkpoints_in(stage));
         });
}

void RunFolder::append_stage_log(std::string_view name) const { append_log(path_, place_of_stage(path_, name)); }

std::string logs_of_running_stages(const fs::path& run_folder) {
  std::string logs;
  for (const fs::path& stage : stage_folders(run_folder)) logs += stage_log(stage, "log");
  return logs;
}

void gather_stage_logs(const fs::path& run_folder) {
  for (const fs::path& stage : stage_folders(run_folder)) append_log(run_folder, stage);
}

void RunFolder::note_owner() const { write_mark(path_ / "owner", process_mark()); }

void RunFolder::write_params(std::string_view json) const { write_mark(params(), json); }

void RunFolder::note_command(std::int64_t pid) const { write_mark(path_ / "command", process_mark(pid)); }

void RunFolder::note_attempts(const std::vector<domain::Attempt>& attempts) const {
  domain::Execution execution;
  execution.attempts = attempts;
  write_file_atomic(path_ / "exit.json", to_line(domain::to_json(execution)));
}

std::optional<std::vector<domain::Attempt>> RunFolder::attempts() const {
  const fs::path file = path_ / "exit.json";
  if (!fs::exists(file)) return std::nullopt;
  domain::Run run;
  run.execution = parse_json(read_file(file), file.string());
  return domain::execution_of(run).attempts;
}

bool end_command_of(const fs::path& run_folder) {
  bool was_running = signal_command_of(run_folder, SIGKILL);
  std::vector<fs::path> folders = stage_folders(run_folder);
  folders.push_back(run_folder);
  for (const fs::path& folder : folders) {
    const fs::path checkpoints = checkpoints_in(folder);
    was_running = end_processes_with(runners::checkpoint_variable, checkpoints.string()) > 0 || was_running;
  }
  return was_running;
}

bool terminate_command_of(const fs::path& run_folder) { return signal_command_of(run_folder, SIGTERM); }

std::vector<fs::path> abandoned_run_folders(const fs::path& parent) {
  std::vector<fs::path> folders;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator{parent, unreadable}) {
    if (!entry.path().filename().string().starts_with(folder_prefix)) continue;
    const std::string owner = mark_in(entry.path() / "owner");
    if (owner.empty() ? was_never_owned(entry.path()) : process_is_gone(owner)) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  return folders;
}

}  // namespace mlops::app
