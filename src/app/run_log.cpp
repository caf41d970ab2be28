#include <mlops/app/run_log.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/runners/log_lines.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

#include "cluster/inquiry.hpp"
#include "cluster/job.hpp"
#include "cluster/profile.hpp"
#include "lost_runs.hpp"
#include "resolve.hpp"
#include "run_folder.hpp"
#include "stages/lines.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_log = 1u << 30;
constexpr auto poll_interval = std::chrono::milliseconds{200};

std::string stored_log(Workspace& workspace, const domain::Run& run) {
  if (!run.log) throw Error{ErrorKind::not_found, fmt::format("run {} has no log", run.number)};
  try {
    return workspace.artifacts().get_bytes(*run.log, largest_log);
  } catch (const Error& error) {
    const auto release = workspace.read()->run_release(run.number);
    if (!release || error.kind() != ErrorKind::not_found) throw;
    throw Error{ErrorKind::not_found,
                fmt::format("the log of run {} was let go at {} by {}, with a garbage collection", run.number,
                            rfc3339(release->at), release->by),
                {fmt::format("`mlops run show {}` tells what else is known of it", run.number)}};
  }
}

bool is_running(const domain::Run& run) { return run.status == domain::RunStatus::running && !is_lost(run); }

void require_stage_of(const domain::Run& run, const domain::Execution& execution, const std::string& name) {
  const domain::StageRun* const stage = domain::find_stage(execution.stages, name);
  if (stage == nullptr) {
    Error error{ErrorKind::not_found, fmt::format("run {} has no stage `{}`", run.number, printable(name))};
    std::vector<std::string> names;
    for (const domain::StageRun& other : execution.stages) names.push_back(other.name);
    if (const auto near = near_miss(name, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
    if (!names.empty()) error.add_hint(fmt::format("there are: {}", join(names, ", ")));
    throw error;
  }
  if (stage->status != domain::StageStatus::reused) return;
  const std::int64_t earlier = stage->reused_from.value_or(run.number);
  throw Error{ErrorKind::not_found,
              fmt::format("run {} has no lines of the stage `{}`: it reused it from run {}", run.number, name, earlier),
              {fmt::format("`mlops run log {} --stage {}`", earlier, name)}};
}

// What a run that is not over has written so far. `in_order`: none of it may move when more comes.
std::string live_log(const Workspace& workspace, const domain::Run& run, const domain::Execution& execution,
                     bool in_order) {
  const bool is_elsewhere = is_running(run) && !execution.job && !running_process(execution.owner);
  if (is_elsewhere || !execution.folder) {
    throw Error{ErrorKind::unavailable, fmt::format("run {} is still running, on {}", run.number, run.host)};
  }
  const fs::path file = fs::path{*execution.folder} / "log";
  if (is_handed_over(run))
    runners::open_cluster(profile_of(*execution.job))->fetch_log(execution.job->id, *execution.folder);
  std::string log = fs::exists(file) ? read_file(file, largest_log) : std::string{};
  if (execution.job) return without_secrets(workspace, execution, std::move(log));
  // Of several at a time nobody knows which one ends first, and what was shown must stay where it is.
  if (!in_order || domain::is_chain(execution.stages)) log += logs_of_running_stages(*execution.folder);
  return log;
}

// Without times and streams when the log was written by a program that knew none.
std::vector<RunLogLine> lines_of_log(const std::string& log, bool has_marks) {
  std::vector<RunLogLine> lines;
  if (!has_marks) {
    for (const std::string& text : split(log, '\n')) lines.push_back({.milliseconds = {}, .stream = "", .text = text});
    if (!lines.empty() && lines.back().text.empty()) lines.pop_back();
    return lines;
  }
  runners::for_each_log_line(log, [&](const runners::LogLine& line) {
    const bool is_remark = line.origin == runners::LogLine::Origin::remark;
    const char* const stream = line.origin == runners::LogLine::Origin::err ? "stderr" : "stdout";
    lines.push_back(
        {.milliseconds = line.milliseconds, .stream = is_remark ? "mlops" : stream, .text = std::string{line.text}});
  });
  return lines;
}

// The records of `log` from `position` on that are whole; moves `position` behind them.
std::string new_text(std::string_view log, std::size_t& position, bool has_marks) {
  if (position > log.size()) return {};
  std::string_view rest = log.substr(position);
  if (has_marks) rest = rest.substr(0, rest.rfind('\n') == std::string_view::npos ? 0 : rest.rfind('\n') + 1);
  position += rest.size();
  return has_marks ? runners::plain_log(rest) : std::string{rest};
}

// nullopt where the folder went while it was read, as the log has been stored.
std::optional<std::string> log_meanwhile(Workspace& workspace, const domain::Run& run,
                                         const domain::Execution& execution, bool in_order) {
  try {
    return live_log(workspace, run, execution, in_order);
  } catch (const Error&) {
    if (!load_run(*workspace.read(), run.number).log) throw;
    return std::nullopt;
  }
}

// A job is over before anybody has taken its result in.
bool has_ended(Inquiry& inquiry, const domain::Run& run, const domain::Execution& execution) {
  if (!is_handed_over(run)) return false;
  const runners::JobPhase phase = inquiry.phase(execution);
  return phase == runners::JobPhase::over || phase == runners::JobPhase::unknown;
}

}  // namespace

RunLogOutcome run_log(Workspace& workspace, std::int64_t number, const std::optional<std::string>& stage) {
  const domain::Run run = load_run(*workspace.read(), number);
  const domain::Execution execution = domain::execution_of(run);
  const bool has_marks = execution.log_format.has_value();
  if (stage) require_stage_of(run, execution, *stage);
  RunLogOutcome outcome;
  outcome.running = is_running(run);
  const bool is_live = !run.log && execution.folder && (outcome.running || fs::exists(*execution.folder));
  std::string log = is_live ? live_log(workspace, run, execution, !stage) : stored_log(workspace, run);
  if (stage) log = lines_of_stage(log, has_marks, *stage, true);
  outcome.text = has_marks ? runners::plain_log(log) : log;
  outcome.lines = lines_of_log(log, has_marks);
  return outcome;
}

void follow_run_log(Workspace& workspace, std::int64_t number, const std::optional<std::string>& stage,
                    const std::function<void(std::string_view)>& print) {
  std::size_t position = 0;
  Inquiry inquiry{workspace, false};
  for (;;) {
    const domain::Run run = load_run(*workspace.read(), number);
    const domain::Execution execution = domain::execution_of(run);
    const bool has_marks = execution.log_format.has_value();
    if (stage) require_stage_of(run, execution, *stage);
    const auto wanted = [&](std::string log, bool is_over) {
      return stage ? lines_of_stage(log, has_marks, *stage, is_over) : std::move(log);
    };
    if (run.log) return print(new_text(wanted(stored_log(workspace, run), true), position, has_marks));
    const bool was_running = is_running(run) && !has_ended(inquiry, run, execution);
    std::optional<std::string> log = log_meanwhile(workspace, run, execution, !stage);
    if (log) print(new_text(wanted(std::move(*log), !was_running), position, has_marks));
    // Whoever takes the result of a job in keeps its log and removes the folder: what was not read yet is kept by then.
    if (!was_running && !load_run(*workspace.read(), number).log) return;
    if (workspace.context().interrupted()) throw Error{ErrorKind::interrupted, "interrupted; the run goes on"};
    std::this_thread::sleep_for(poll_interval);
  }
}

}  // namespace mlops::app
