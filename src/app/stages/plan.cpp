#include "stages/plan.hpp"

#include <algorithm>

#include "stages/code.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::string argument_text(const Json& value) { return value.is_string() ? value.as_string() : to_line(value); }

// Name and path, relative to the project, of all that the stage may read: its inputs, and what was made before it.
std::vector<std::pair<std::string, std::string>> readable(const CommandPlan& whole, const domain::StageRun& stage) {
  std::vector<std::pair<std::string, std::string>> paths;
  for (const std::string& role : stage.inputs) {
    const auto input = whole.execution.inputs.find(role);
    if (input != whole.execution.inputs.end()) paths.emplace_back(*input);
  }
  for (const std::string& name : stage.needs) {
    const domain::StageRun* const needed = domain::find_stage(whole.execution.stages, name);
    if (needed != nullptr) paths.insert(paths.end(), needed->writes.begin(), needed->writes.end());
  }
  return paths;
}

}  // namespace

std::vector<domain::StageRun> planned_stages(const domain::Recipe& recipe) {
  std::vector<domain::StageRun> stages;
  for (const domain::RecipeStage& planned : recipe.stages) {
    domain::StageRun stage;
    stage.name = planned.name;
    stage.needs = planned.needs;
    stage.command_template = planned.command;
    stage.inputs = planned.inputs;
    stage.params = planned.params;
    stage.writes = {planned.outputs.begin(), planned.outputs.end()};
    stage.metrics_file = planned.metrics;
    stage.code = planned.code;
    stages.push_back(std::move(stage));
  }
  return stages;
}

std::vector<domain::StageRun> stages_again(const std::vector<domain::StageRun>& stages) {
  std::vector<domain::StageRun> again;
  for (const domain::StageRun& done : stages) {
    domain::StageRun stage;
    stage.name = done.name;
    stage.needs = done.needs;
    stage.command_template = done.command_template;
    stage.inputs = done.inputs;
    stage.params = done.params;
    stage.writes = done.writes;
    stage.metrics_file = done.metrics_file;
    stage.code = done.code;
    again.push_back(std::move(stage));
  }
  return again;
}

void take_up_stages(std::vector<domain::StageRun>& stages, bool was_lost) {
  for (domain::StageRun& stage : stages) {
    if (stage.is_done()) continue;
    if (stage.status == domain::StageStatus::running && was_lost)
      stage.attempts.push_back({.exit_code = {}, .failure = "lost with its process", .used = {}});
    stage.status = domain::StageStatus::waiting;
    stage.failure.clear();
    stage.ended_at = std::nullopt;
  }
}

void add_stage_placeholders(const std::vector<domain::StageRun>& stages, const std::vector<std::string>& command,
                            std::map<std::string, std::string>& placeholders) {
  for (const domain::StageRun& stage : stages) {
    for (const auto& [name, path] : stage.writes) {
      placeholders["inputs." + name] = path;
      placeholders["outputs." + name] = path;
    }
    if (stage.command_template == command && stage.metrics_file) placeholders["metrics"] = *stage.metrics_file;
  }
}

CommandPlan command_of_stage(const CommandPlan& whole, const domain::StageRun& stage) {
  const fs::path& project = whole.directory;
  std::map<std::string, std::string> placeholders;
  CommandPlan plan;
  plan.directory = project;
  plan.run.number = whole.run.number;
  plan.run.model = whole.run.model;
  plan.run.seed = whole.run.seed;
  for (const std::string& name : stage.params) {
    const auto value = whole.run.params.find(name);
    if (value == whole.run.params.end()) continue;
    plan.run.params.insert(*value);
    placeholders["params." + name] = argument_text(value->second);
  }
  for (const auto& [name, path] : readable(whole, stage)) {
    plan.inputs.emplace_back(name, project / path);
    placeholders["inputs." + name] = path;
  }
  for (const auto& [name, path] : stage.writes) {
    plan.outputs.emplace_back(name, project / path);
    plan.output_names_shown.push_back(path);
    placeholders["outputs." + name] = path;
  }
  if (plan.run.seed) placeholders["seed"] = std::to_string(*plan.run.seed);
  if (stage.metrics_file) {
    plan.metrics_file = project / *stage.metrics_file;
    placeholders["metrics"] = *stage.metrics_file;
  }
  plan.run.command = domain::expand_command(stage.command_template, placeholders);
  plan.execution.conduct = whole.execution.conduct;
  plan.execution.conduct.environment.setup.clear();  // it is set up once for all of them
  plan.execution.attempts = stage.attempts;
  plan.outputs_required = true;
  plan.fixed_variables = whole.fixed_variables;
  plan.best = whole.best;
  plan.before_retry = [stage, project] { clear_stage(stage, project); };
  return plan;
}

bool makes_result(const CommandPlan& whole, const domain::StageRun& stage) {
  return stage.command_template == whole.execution.command_template;
}

void place_needs(Workspace& workspace, const CommandPlan& whole, const domain::StageRun& stage) {
  for (const std::string& name : stage.needs) {
    const domain::StageRun* const needed = domain::find_stage(whole.execution.stages, name);
    if (needed == nullptr) continue;
    for (const domain::RunOutput& output : needed->outputs) {
      Snapshot snapshot{.role = output.name, .dataset = {}, .files = output.files};
      snapshot.dataset.digest = domain::dataset_digest(output.files);
      place_input(workspace, snapshot, output.path, whole.directory);
    }
  }
}

void lay_out_stages(domain::Execution& execution, const fs::path& project) {
  for (const domain::StageRun& stage : execution.stages) clear_stage(stage, project);
  note_stage_code(execution, project);
}

void clear_stage(const domain::StageRun& stage, const fs::path& project) {
  clear_outputs({stage.writes.begin(), stage.writes.end()}, stage.metrics_file, project);
}

}  // namespace mlops::app
