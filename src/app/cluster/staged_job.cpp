#include "cluster/staged_job.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "cluster/job.hpp"
#include "stages/dependencies.hpp"
#include "stages/judge.hpp"
#include "stages/plan.hpp"
#include "stages/result.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

using WrittenFiles = std::map<std::string, Digest>;

std::vector<std::string> required_paths(const CommandPlan& command) {
  std::vector<std::string> paths;
  for (const auto& [name, path] : command.outputs) paths.push_back(path.string());
  if (command.metrics_file) paths.push_back(command.metrics_file->string());
  return paths;
}

runners::Job make_stage(const Workspace& workspace, const CommandPlan& whole, const RunFolder& folder,
                        domain::StageRun& stage) {
  CommandPlan command = command_of_stage(whole, stage);
  command.execution.job = whole.execution.job;
  stage.command = command.run.command;
  runners::Job job = make_job(workspace, command, folder.of_stage(stage.name));
  job.name = stage.name;
  job.required = required_paths(command);
  return job;
}

std::string plain(const fs::path& path) { return path.lexically_normal().string(); }

// What a later stage left beside them, such as a cache, is none of its files: here it would not be either.
void keep_to(const WrittenFiles& written, CommandPlan& command) {
  command.is_written = [&written](const fs::path& file) { return written.contains(plain(file)); };
}

bool is_unchanged(const std::string& path, const Digest& digest, const CommandPlan& command) {
  if (!fs::exists(path)) return false;
  constexpr std::uint64_t largest_metrics = 256u << 20;
  const bool is_metrics = command.metrics_file && plain(*command.metrics_file) == path;
  return !is_metrics || sha256(read_file(path, largest_metrics)) == digest;
}

// What a later stage changed is no longer what this one made.
std::optional<std::string> changed_since(const CommandPlan& command, const WrittenFiles& written) {
  for (const domain::RunOutput& output : command.run.outputs) {
    const fs::path place = command.directory / output.path;
    for (const domain::FileEntry& file : output.files) {
      const std::string path = plain(fs::is_directory(place) ? place / file.path : place);
      const auto found = written.find(path);
      if (found == written.end() || found->second != file.digest)
        return fmt::format("its output `{}` was changed by a later stage", output.name);
    }
  }
  for (const auto& [path, digest] : written) {
    if (is_unchanged(path, digest, command)) continue;
    return fmt::format("`{}` was changed by a later stage",
                       printable(fs::path{path}.lexically_relative(command.directory).string()));
  }
  return std::nullopt;
}

// Its command ended well, and nothing says that it did not: what it wrote is looked at.
bool has_ended_well(const runners::JobResult& told, bool job_is_over) {
  if (told.is_over) return told.exit_code == 0;
  const runners::JobAttempt& last = told.attempts.back();
  return job_is_over && last.exit_code == 0 && last.how.empty();
}

void note_end(const runners::JobResult& told, bool job_is_over, const CommandPlan& whole, CommandPlan& command) {
  domain::Run& run = command.run;
  take_attempts(told, command);
  run.exit_code = told.attempts.back().exit_code;
  run.failure = command.execution.attempts.back().failure;
  run.status = domain::RunStatus::succeeded;
  if (has_ended_well(told, job_is_over)) return;
  run.status =
      whole.run.status == domain::RunStatus::interrupted ? domain::RunStatus::interrupted : domain::RunStatus::failed;
  // Where the job has not said its last word, the cluster knows better why.
  if (!job_is_over || run.failure.empty()) run.failure = whole.run.failure;
}

void collect_stage(Workspace& workspace, CommandPlan& whole, const RunFolder& folder, const runners::JobResult& told,
                   domain::StageRun& stage, bool job_is_over) {
  CommandPlan command = command_of_stage(whole, stage);
  note_end(told, job_is_over, whole, command);
  command.run.environment = whole.run.environment;
  take_environment(told, command.run);
  if (told.files) keep_to(*told.files, command);
  collect(workspace, command, folder.of_stage(stage.name));
  const auto fault = told.files ? changed_since(command, *told.files) : std::nullopt;
  if (fault && command.run.status == domain::RunStatus::succeeded) {
    command.run.status = domain::RunStatus::failed;
    command.run.failure = *fault;
  }
  note_stage_result(command, whole, stage);
  stage.depends = dependencies_there(whole, stage, told.environment);
  stage.key = key_of(stage.depends);
  stage.started_at = told.began;
  stage.ended_at = told.ended;
  if (stage.is_done()) return;
  const bool is_interrupted = stage.status == domain::StageStatus::interrupted;
  whole.run.exit_code = command.run.exit_code;
  whole.run.status = is_interrupted ? domain::RunStatus::interrupted : domain::RunStatus::failed;
  if (!is_interrupted) whole.run.failure = stage_failure(stage);
}

// In the order in which the job ran them; what comes after one that was not done has not begun.
void collect_begun(Workspace& workspace, CommandPlan& whole, const RunFolder& folder) {
  const bool job_is_over = runners::read_job_result(folder.path()).is_over;
  for (domain::StageRun& stage : whole.execution.stages) {
    if (stage.is_done()) continue;
    const runners::JobResult told = runners::read_job_result(RunFolder::place_of_stage(folder.path(), stage.name));
    try {
      if (!told.attempts.empty()) collect_stage(workspace, whole, folder, told, stage, job_is_over);
    } catch (const Error& error) {
      stage.status = domain::StageStatus::failed;
      stage.failure = error.message();
      whole.run.execution = domain::to_json(whole.execution);
      throw;
    }
    if (stage.is_done()) continue;
    if (whole.run.status == domain::RunStatus::succeeded) {
      whole.run.status = domain::RunStatus::failed;
      whole.run.failure = fmt::format("its job ended and left no result of the stage `{}`", stage.name);
    }
    break;
  }
}

}  // namespace

void collect_done_stages(Workspace& workspace, CommandPlan& whole, const RunFolder& folder) {
  for (domain::StageRun& stage : whole.execution.stages) {
    if (stage.is_done()) continue;
    const runners::JobResult told = runners::read_job_result(RunFolder::place_of_stage(folder.path(), stage.name));
    if (!told.is_over || told.attempts.empty()) return;
    collect_stage(workspace, whole, folder, told, stage, false);
    if (stage.is_done()) continue;
    whole.run.status = domain::RunStatus::running;
    whole.run.failure.clear();
    return take_up_stages(whole.execution.stages, false);
  }
}

bool settle_stages(Workspace& workspace, CommandPlan& whole, bool fresh) {
  StageJudge judge{workspace, whole, fresh};
  std::vector<domain::StageRun>& stages = whole.execution.stages;
  for (domain::StageRun& stage : stages) {
    if (stage.is_done()) continue;
    const auto earlier = judge.settle(stage);
    if (earlier) {
      take_over_stage(*earlier, stage);
      if (makes_result(whole, stage)) whole.run.environment = earlier->environment;
    }
    workspace.context().tell(earlier ? fmt::format("stage {}: reused from run {}", stage.name, *stage.reused_from)
                                     : fmt::format("stage {}: runs, {}", stage.name, stage.why));
  }
  for (const domain::StageRun& stage : stages) {
    if (!stage.is_done()) place_needs(workspace, whole, stage);
  }
  return !std::ranges::all_of(stages, &domain::StageRun::is_done);
}

runners::Job make_staged_job(const Workspace& workspace, CommandPlan& whole, const RunFolder& folder) {
  CommandPlan setup = command_of_stage(whole, {});
  setup.execution.job = whole.execution.job;
  runners::Job job = make_job(workspace, setup, folder.of_stage(RunFolder::setup_name));
  job.folder = folder.path();
  job.setup = whole.execution.conduct.environment.setup;
  job.outputs.clear();
  for (domain::StageRun& stage : whole.execution.stages) {
    if (stage.is_done()) continue;
    job.stages.push_back(make_stage(workspace, whole, folder, stage));
    if (makes_result(whole, stage)) whole.run.environment = setup.run.environment;
  }
  return job;
}

void look_at_stages(domain::Execution& execution) {
  if (!execution.folder) return;
  for (domain::StageRun& stage : execution.stages) {
    if (stage.is_done()) continue;
    const runners::JobResult told = runners::read_job_result(RunFolder::place_of_stage(*execution.folder, stage.name));
    if (told.attempts.empty()) return;
    stage.status = told.is_over ? domain::StageStatus::succeeded : domain::StageStatus::running;
    stage.started_at = told.began;
    if (told.is_over) stage.ended_at = told.ended;
  }
}

void collect_stages(Workspace& workspace, CommandPlan& whole, const RunFolder& folder) {
  if (fs::exists(folder.log())) whole.run.log = workspace.artifacts().put_file(folder.log(), {}).digest;
  collect_begun(workspace, whole, folder);
  for (domain::StageRun& stage : whole.execution.stages) {
    if (stage.status == domain::StageStatus::waiting) stage.why.clear();
  }
  whole.execution.attempts.clear();
  for (const domain::StageRun& stage : whole.execution.stages)
    whole.execution.attempts.insert(whole.execution.attempts.end(), stage.attempts.begin(), stage.attempts.end());
  join_results(workspace, whole);
  whole.run.ended_at = workspace.now();
  whole.run.execution = domain::to_json(whole.execution);
}

}  // namespace mlops::app
