#include <mlops/app/reproduce.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "data_change.hpp"
#include "lost_runs.hpp"
#include "policy_source.hpp"
#include "recorded_command.hpp"
#include "resolve.hpp"
#include "stages/plan.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

// The version, the run that made it, and how that run is done again.
struct Original {
  domain::Version version;
  domain::Run run;
  domain::Execution execution;
  domain::Params params;
  std::optional<std::int64_t> seed;
  std::vector<std::string> command;
};

Original find_original(Workspace& workspace, const std::string& reference) {
  const auto view = workspace.read();
  Original original;
  original.version = load(*view, resolve(*view, domain::parse_reference(reference)));
  const std::string id = original.version.id.text();
  if (!original.version.run) {
    throw Error{ErrorKind::not_found,
                fmt::format("{} was registered from files: no run is recorded that could be done again", id),
                {"`mlops run` and `mlops retrain` record how a version is made"}};
  }
  auto run = view->run(*original.version.run);
  if (!run)
    throw Error{ErrorKind::integrity, fmt::format("run {} of {} is not in the registry", *original.version.run, id)};
  original.run = std::move(*run);
  original.execution = domain::execution_of(original.run);
  return original;
}

void require_code(Workspace& workspace, const Original& original) {
  const std::string id = original.version.id.text();
  if (!original.run.git) {
    throw Error{ErrorKind::not_found, fmt::format("run {} of {} was recorded outside git, so its code is not known",
                                                  original.run.number, id)};
  }
  if (!workspace.repository()) {
    throw Error{ErrorKind::failed, "reproducing needs git: the code comes from a commit"};
  }
  if (workspace.repository()->commit(original.run.git->commit)) return;
  throw Error{ErrorKind::not_found,
              fmt::format("commit {} of {} is not in this repository", short_commit(original.run.git->commit), id),
              {"`git fetch` may bring it"}};
}

// Runs of before there was a record of their paths: of a retraining, the recipe at its commit has them.
void complete_from_recipe(Workspace& workspace, Original& original) {
  if (!original.run.execution.is_null()) return;
  const PolicySource source = policy_at(workspace, original.run.git->commit);
  const domain::Recipe* const recipe = original.run.model ? source.policy.recipe(*original.run.model) : nullptr;
  if (recipe == nullptr) {
    throw Error{
        ErrorKind::not_found,
        fmt::format("run {} was recorded without the paths of its inputs, so it can't be done again",
                    original.run.number),
        {fmt::format("`mlops retrain {}` trains it from the recipe of its commit", original.version.id.text())}};
  }
  original.execution.command_template = recipe->command;
  original.execution.inputs = {recipe->inputs.begin(), recipe->inputs.end()};
  original.execution.outputs = {recipe->outputs.begin(), recipe->outputs.end()};
  original.execution.metrics_file = recipe->metrics;
  original.execution.tolerance = recipe->tolerance;
}

// Another checkout has no place for what lies outside of the repository.
void require_inside(const Original& original) {
  const auto refuse = [&](const std::string& what, const std::string& path) {
    throw Error{
        ErrorKind::failed,
        fmt::format("{} of run {} lies outside of the repository ({}), so it can't be made again in a clean checkout",
                    what, original.run.number, printable(path))};
  };
  const auto is_outside = [&](const std::string& path) {
    const fs::path seen = (fs::path{original.run.directory} / path).lexically_normal();
    return seen.is_absolute() || (!seen.empty() && *seen.begin() == "..");
  };
  for (const auto& [name, path] : original.execution.outputs) {
    if (is_outside(path)) refuse(fmt::format("the output `{}`", name), path);
  }
  for (const auto& [role, path] : original.execution.inputs) {
    if (is_outside(path)) refuse(fmt::format("the input `{}`", role), path);
  }
  if (original.execution.metrics_file && is_outside(*original.execution.metrics_file))
    refuse("the metrics file", *original.execution.metrics_file);
}

void require_known_names(const Original& original, const ReproduceRequest& request) {
  const auto require = [&](std::string_view kind, const std::string& name, const std::vector<std::string>& known) {
    if (std::ranges::find(known, name) != known.end()) return;
    Error error{ErrorKind::usage, fmt::format("run {} has no {} `{}`", original.run.number, kind, printable(name))};
    if (const auto near = near_miss(name, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
    throw error;
  };
  std::vector<std::string> params;
  for (const auto& [name, value] : original.run.params) params.push_back(name);
  for (const auto& [name, value] : request.params) require("param", name, params);
  std::vector<std::string> roles;
  for (const auto& [role, path] : original.execution.inputs) roles.push_back(role);
  for (const DataArgument& input : request.inputs) require("input", input.role, roles);
  std::vector<std::string> metrics;
  for (const auto& [name, value] : original.run.metrics) metrics.push_back(name);
  for (const auto& [name, distance] : request.tolerance) require("metric", name, metrics);
}

std::string repeated_value(const Json& value) { return value.is_string() ? value.as_string() : to_line(value); }

// The recorded argv, unless something is asked for otherwise and the recipe tells where it goes.
void decide_repetition(const ReproduceRequest& request, Original& original) {
  original.params = original.run.params;
  for (const auto& [name, value] : request.params) original.params.insert_or_assign(name, value);
  original.seed = request.seed ? request.seed : original.run.seed;
  original.command = original.run.command;
  const bool as_recorded = request.params.empty() && !request.seed;
  if (as_recorded || original.execution.command_template.empty()) return;
  std::map<std::string, std::string> placeholders;
  for (const auto& [name, value] : original.params) placeholders["params." + name] = repeated_value(value);
  for (const auto& [role, path] : original.execution.inputs) placeholders["inputs." + role] = path;
  for (const auto& [name, path] : original.execution.outputs) placeholders["outputs." + name] = path;
  if (original.seed) placeholders["seed"] = std::to_string(*original.seed);
  if (original.execution.metrics_file) placeholders["metrics"] = *original.execution.metrics_file;
  add_stage_placeholders(original.execution.stages, original.execution.command_template, placeholders);
  original.command = domain::expand_command(original.execution.command_template, placeholders);
}

const DataArgument* given_for(const ReproduceRequest& request, const std::string& role) {
  const auto found =
      std::ranges::find_if(request.inputs, [&](const DataArgument& input) { return input.role == role; });
  return found == request.inputs.end() ? nullptr : &*found;
}

std::vector<Snapshot> place_inputs_again(Workspace& workspace, const ReproduceRequest& request,
                                         const Original& original, const fs::path& project) {
  std::vector<Snapshot> snapshots;
  for (const domain::DataUse& use : original.run.inputs) {
    const auto path = original.execution.inputs.find(use.role);
    if (path == original.execution.inputs.end()) continue;
    const DataArgument* const given = given_for(request, use.role);
    Snapshot snapshot = given != nullptr ? given_snapshot(workspace, *given, original.version.id.model + ".")
                                         : recorded_snapshot(workspace, use);
    snapshot.role = use.role;
    try {
      place_input(workspace, snapshot, path->second, project);
    } catch (Error& error) {
      error.add_hint(fmt::format("`--input {}=PATH` takes other data, and the difference is told", use.role));
      throw;
    }
    snapshots.push_back(std::move(snapshot));
  }
  return snapshots;
}

CommandPlan plan_again(const Original& original, const fs::path& project) {
  const domain::Execution& recorded = original.execution;
  CommandPlan plan;
  plan.directory = project;
  plan.outputs_required = original.run.outputs.size() >= recorded.outputs.size();  // unless it did without
  plan.run.name = fmt::format("reproduce {}", original.version.id.text());
  plan.run.model = original.version.id.model;
  plan.run.parent = original.version.id;
  plan.run.command = original.command;
  plan.run.directory = original.run.directory;
  plan.run.params = original.params;
  plan.run.param_overrides = original.run.param_overrides;
  plan.run.seed = original.seed;
  plan.run.git = original.run.git;
  plan.execution.command_template = recorded.command_template;
  plan.execution.inputs = recorded.inputs;
  plan.execution.outputs = recorded.outputs;
  plan.execution.metrics_file = recorded.metrics_file;
  plan.execution.tolerance = recorded.tolerance;
  plan.execution.conduct = recorded.conduct;
  plan.execution.stages = stages_again(recorded.stages);
  for (const auto& [role, path] : recorded.inputs) plan.inputs.emplace_back(role, project / path);
  for (const auto& [name, path] : recorded.outputs) {
    plan.outputs.emplace_back(name, project / path);
    plan.output_names_shown.push_back(path);
  }
  if (recorded.metrics_file) plan.metrics_file = project / *recorded.metrics_file;
  if (const Json* const variables = original.run.environment.find("variables"); variables && variables->is_object()) {
    for (const auto& [name, value] : variables->as_object()) plan.fixed_variables.emplace(name, value.as_string());
  }
  plan.before_retry = [outputs = recorded.outputs, metrics = recorded.metrics_file, project] {
    clear_outputs({outputs.begin(), outputs.end()}, metrics, project);
  };
  return plan;
}

domain::Run run_again(Workspace& workspace, const ReproduceRequest& request, const Original& original) {
  prune_trees(workspace);
  const domain::GitState& git = *original.run.git;
  workspace.context().tell(fmt::format("making {} again from run {}, in a clean checkout of {}",
                                       original.version.id.text(), original.run.number, short_commit(git.commit)));
  const CodeState code{.commit = git.commit,
                       .diff = git.diff,
                       .changes_of = fmt::format("run {}", original.run.number),
                       .folder = original.run.directory};
  tell_changes(workspace, code);
  const TrainingGround ground = lay_ground(workspace, code, workspace.context().temporary_directory);
  const std::vector<std::pair<std::string, std::string>> outputs{original.execution.outputs.begin(),
                                                                 original.execution.outputs.end()};
  clear_outputs(outputs, original.execution.metrics_file, ground.project);
  CommandPlan plan = plan_again(original, ground.project);
  lay_out_stages(plan.execution, ground.project);
  plan.snapshots = place_inputs_again(workspace, request, original, ground.project);
  return execute(workspace, std::move(plan));
}

void describe_data(Workspace& workspace, const domain::Run& before, const domain::Run& after,
                   domain::Fidelity& fidelity) {
  const auto use_of = [](const domain::Run& run, const std::string& role) {
    const auto found = std::ranges::find(run.inputs, role, &domain::DataUse::role);
    return found == run.inputs.end() ? nullptr : &*found;
  };
  for (domain::Difference& difference : fidelity.differences) {
    if (difference.kind != domain::DifferenceKind::data) continue;
    const domain::DataUse* const was = use_of(before, difference.name);
    const domain::DataUse* const is = use_of(after, difference.name);
    if (was == nullptr || is == nullptr) continue;
    difference.detail =
        data_change_text(workspace, recorded_snapshot(workspace, *was), recorded_snapshot(workspace, *is));
  }
}

void judge(Workspace& workspace, const ReproduceRequest& request, const Original& original, ReproduceOutcome& outcome) {
  std::map<std::string, double> tolerance = original.execution.tolerance;
  for (const auto& [name, distance] : request.tolerance) tolerance.insert_or_assign(name, distance);
  outcome.fidelity = domain::compare_runs(original.run, *outcome.run, tolerance);
  describe_data(workspace, original.run, *outcome.run, *outcome.fidelity);
  domain::Execution execution = domain::execution_of(*outcome.run);
  execution.fidelity = domain::to_json(*outcome.fidelity);
  outcome.run->execution = domain::to_json(execution);
}

}  // namespace

ReproduceOutcome reproduce(Workspace& workspace, const ReproduceRequest& request) {
  Original original = find_original(workspace, request.reference);
  require_code(workspace, original);
  complete_from_recipe(workspace, original);
  require_inside(original);
  require_known_names(original, request);
  decide_repetition(request, original);

  ReproduceOutcome outcome;
  outcome.version = original.version.id;
  outcome.recorded_run = original.run.number;
  outcome.commit = original.run.git->commit;
  outcome.command = original.command;
  for (const domain::DataUse& use : original.run.inputs) {
    const DataArgument* const given = given_for(request, use.role);
    const std::string recorded = domain::VersionId{use.dataset, use.number}.text();
    outcome.inputs.emplace_back(use.role, given == nullptr ? recorded
                                          : given->path    ? given->path->string()
                                                           : *given->reference);
  }
  if (request.dry_run) return outcome;

  close_lost_runs(workspace);
  outcome.run = run_again(workspace, request, original);
  if (outcome.run->status == domain::RunStatus::succeeded) judge(workspace, request, original, outcome);
  record_end(workspace, *outcome.run);
  throw_if_interrupted(*outcome.run);
  return outcome;
}

}  // namespace mlops::app
