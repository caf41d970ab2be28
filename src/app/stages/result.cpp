#include "stages/result.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/core.h>

#include <mlops/domain/series.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "stages/plan.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_series = std::uint64_t{1} << 30;

void end_badly(domain::Run& run, std::string why) {
  if (run.status != domain::RunStatus::succeeded) return;
  run.status = domain::RunStatus::failed;
  run.failure = std::move(why);
}

void join_metrics(const std::vector<domain::StageRun>& stages, domain::Run& run) {
  std::map<std::string, std::string> writers;
  for (const domain::StageRun& stage : stages) {
    for (const auto& [name, value] : stage.metrics) {
      const auto [writer, is_first] = writers.emplace(name, stage.name);
      if (!is_first) {
        end_badly(run, fmt::format("the metric `{}` is written by the stages `{}` and `{}`", printable(name),
                                   writer->second, stage.name));
      }
      run.metrics.insert_or_assign(name, value);
    }
  }
}

void join_series(Workspace& workspace, const std::vector<domain::StageRun>& stages, domain::Run& run) {
  std::vector<Digest> objects;
  for (const domain::StageRun& stage : stages) {
    if (stage.series) objects.push_back(*stage.series);
  }
  if (objects.size() < 2) {
    if (!objects.empty()) run.series = objects.front();
    return;
  }
  domain::Series all;
  for (const Digest& object : objects) {
    domain::Series series = domain::series_from_json(
        parse_json(workspace.artifacts().get_bytes(object, largest_series), "the metrics of a stage"));
    all.merge(series);
  }
  run.series = workspace.artifacts().put_bytes(canonical(domain::to_json(all))).digest;
}

void take_outputs(const CommandPlan& whole, domain::Run& run) {
  for (const auto& [name, path] : whole.outputs) {
    for (const domain::StageRun& stage : whole.execution.stages) {
      const auto output = std::ranges::find(stage.outputs, name, &domain::RunOutput::name);
      if (output != stage.outputs.end()) run.outputs.push_back(*output);
    }
  }
}

// What a folder is called in the recipe tells how its files are put back: the command must have kept to it.
std::optional<std::string> unlike_its_path(const CommandPlan& command) {
  for (std::size_t i = 0; i < command.outputs.size(); ++i) {
    const auto& [name, path] = command.outputs[i];
    if (!command.output_names_shown[i].ends_with('/') && fs::is_directory(path)) {
      return fmt::format("its output `{}` is a folder, which mlops.toml must say: \"{}/\"", name,
                         command.output_names_shown[i]);
    }
  }
  return std::nullopt;
}

domain::StageStatus status_of(domain::RunStatus status) {
  if (status == domain::RunStatus::succeeded) return domain::StageStatus::succeeded;
  return status == domain::RunStatus::interrupted ? domain::StageStatus::interrupted : domain::StageStatus::failed;
}

}  // namespace

void note_stage_result(CommandPlan& command, CommandPlan& whole, domain::StageRun& stage) {
  const auto fault = unlike_its_path(command);
  if (fault) end_badly(command.run, *fault);
  stage.status = status_of(command.run.status);
  stage.failure = command.run.failure;
  stage.attempts = command.execution.attempts;
  stage.ended_at = command.run.ended_at;
  stage.outputs = command.run.outputs;
  stage.metrics = command.run.metrics;
  stage.series = command.run.series;
  stage.log = command.run.log;
  std::vector<std::string>& notes = whole.execution.notes;
  for (const std::string& note : command.execution.notes) notes.push_back(fmt::format("{}: {}", stage.name, note));
  if (makes_result(whole, stage)) whole.run.environment = command.run.environment;
}

std::string stage_failure(const domain::StageRun& stage) {
  return stage.status == domain::StageStatus::interrupted
             ? fmt::format("the stage `{}` was interrupted", stage.name)
             : fmt::format("the stage `{}` failed: {}", stage.name, stage.failure);
}

void join_results(Workspace& workspace, CommandPlan& whole) {
  const std::vector<domain::StageRun>& stages = whole.execution.stages;
  domain::Run& run = whole.run;
  run.metrics.clear();
  run.outputs.clear();
  run.series = std::nullopt;
  if (std::ranges::all_of(stages, &domain::StageRun::is_done)) {
    run.status = domain::RunStatus::succeeded;
    run.exit_code = 0;
    run.failure.clear();
  } else if (run.status == domain::RunStatus::running) {
    run.status = domain::RunStatus::interrupted;  // between two stages
    run.failure = "it was interrupted";
  }
  join_metrics(stages, run);
  join_series(workspace, stages, run);
  if (run.status == domain::RunStatus::succeeded) take_outputs(whole, run);
}

}  // namespace mlops::app
