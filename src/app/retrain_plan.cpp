#include "retrain_plan.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include <mlops/domain/execution.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"
#include "provenance.hpp"
#include "resolve.hpp"
#include "stages/plan.hpp"

namespace mlops::app {

namespace {

std::string text_of(const Json& value) { return value.is_string() ? value.as_string() : to_line(value); }

git::Repository& require_repository(Workspace& workspace) {
  if (git::Repository* repository = workspace.repository()) return *repository;
  throw Error{ErrorKind::failed,
              "retraining needs git: the recipe and the code come from a commit",
              {"`git init` and commit the project first", "`mlops run` records a command outside git"}};
}

// The version to repeat: the one named, else the latest; none for a model without versions.
std::optional<domain::Version> find_parent(Workspace& workspace, const domain::Reference& reference) {
  const auto view = workspace.read();
  if (!reference.explicit_selector && (!view->model(reference.model) || !view->latest(reference.model)))
    return std::nullopt;
  return load(*view, resolve(*view, reference));
}

// The snapshot of the run that made the version, as long as git has it.
std::optional<std::string> recorded_changes(Workspace& workspace, const domain::Version& version) {
  const auto run = version.run ? workspace.read()->run(*version.run) : std::nullopt;
  auto snapshot = run ? domain::execution_of(*run).snapshot : std::nullopt;
  if (snapshot && !workspace.repository()->commit(*snapshot)) return std::nullopt;
  return snapshot;
}

// HEAD with what is in the tree and not committed: kept in the registry, and as a commit that no branch holds.
void include_changes(Workspace& workspace, RetrainDecision& decision) {
  Provenance origin = provenance(workspace, {});
  if (!origin.git || !origin.git->dirty) return;
  decision.plan.commit_origin = "HEAD, with your uncommitted changes";
  decision.changes_of = "your tree";
  const auto batch = workspace.artifacts().begin_put({});
  store_diff(workspace, *batch, origin);
  batch->finish();
  decision.diff = origin.git->diff;
  decision.snapshot = workspace.repository()->snapshot(
      fmt::format("mlops: the uncommitted changes in a training of {}", decision.model));
}

void decide_commit(Workspace& workspace, const RetrainRequest& request, RetrainDecision& decision) {
  git::Repository& repository = require_repository(workspace);
  const auto resolve_commit = [&](const std::string& name) {
    if (auto commit = repository.resolve(name)) return *commit;
    throw Error{ErrorKind::not_found,
                fmt::format("no commit `{}`", printable(name)),
                {name == "HEAD" ? "commit the project first" : "`git log` shows the commits"}};
  };
  if (request.include_dirty) {
    if (request.at && *request.at != "HEAD") {
      throw Error{ErrorKind::usage,
                  "`--include-dirty` trains from HEAD and your tree, so `--at` can't name another commit"};
    }
    decision.plan.commit = resolve_commit("HEAD");
    decision.plan.commit_origin = "HEAD";
    if (!request.dry_run) include_changes(workspace, decision);
    return;
  }
  if (request.at) {
    decision.plan.commit = resolve_commit(*request.at);
    decision.plan.commit_origin = fmt::format("--at {}", *request.at);
    return;
  }
  if (!decision.parent) {
    decision.plan.commit = resolve_commit("HEAD");
    decision.plan.commit_origin = "HEAD";
    return;
  }
  const domain::VersionId& id = decision.parent->id;
  if (!decision.parent->git) {
    throw Error{ErrorKind::not_found,
                fmt::format("{} was registered outside git, so its code is not known", id.text()),
                {"`--at COMMIT` names the commit to train from"}};
  }
  decision.plan.commit = decision.parent->git->commit;
  decision.plan.commit_origin = fmt::format("recorded by {}", id.text());
  decision.repeats = true;
  if (decision.parent->git->dirty) decision.diff = decision.parent->git->diff;
  decision.changes_of = id.text();
  decision.snapshot = recorded_changes(workspace, *decision.parent);
  if (!repository.commit(decision.plan.commit)) {
    throw Error{ErrorKind::not_found,
                fmt::format("commit {} of {} is not in this repository", short_commit(decision.plan.commit), id.text()),
                {"`git fetch` may bring it", "`--at COMMIT` names another one"}};
  }
}

void require_known(std::string_view kind, const std::string& name, const std::vector<std::string>& known,
                   const std::string& model) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  Error error{ErrorKind::usage, fmt::format("the recipe of `{}` has no {} `{}`", model, kind, printable(name))};
  if (const auto near = near_miss(name, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(known.empty() ? fmt::format("it has no {}s at all", kind)
                               : fmt::format("it has: {}", join(known, ", ")));
  throw error;
}

void require_admitted(const domain::Recipe& recipe, const std::string& name, const Json& value) {
  const auto rule = recipe.param_rules.find(name);
  if (rule == recipe.param_rules.end() || rule->second.admits(value)) return;
  throw Error{ErrorKind::usage,
              fmt::format("the param `{}` must be {}, not {}", name, rule->second.text(), printable(text_of(value))),
              {"the recipe in mlops.toml says so"}};
}

void set_params(const domain::Params& params, RetrainDecision& decision) {
  std::vector<std::string> known;
  for (const auto& [name, value] : decision.recipe.params) known.push_back(name);
  for (const auto& [name, value] : params) {
    require_known("param", name, known, decision.model);
    require_admitted(decision.recipe, name, value);
    decision.plan.param_overrides.insert_or_assign(name, value);
  }
  decision.plan.params = decision.recipe.params;
  for (const auto& [name, value] : decision.plan.param_overrides) decision.plan.params.insert_or_assign(name, value);
}

// Params that were set against the recipe stay set: a retraining repeats how its parent was trained.
void decide_params(Workspace& workspace, const RetrainRequest& request, RetrainDecision& decision) {
  if (decision.parent && decision.parent->run) {
    if (const auto run = workspace.read()->run(*decision.parent->run)) {
      for (const auto& [name, value] : run->param_overrides) {
        if (decision.recipe.params.contains(name)) decision.plan.param_overrides.insert_or_assign(name, value);
      }
    }
  }
  set_params(request.params, decision);
}

void decide_command(RetrainDecision& decision) {
  std::map<std::string, std::string> placeholders;
  for (const auto& [name, value] : decision.plan.params) placeholders["params." + name] = text_of(value);
  for (const auto& [role, path] : decision.recipe.inputs) placeholders["inputs." + role] = path;
  for (const auto& [name, path] : decision.recipe.outputs) placeholders["outputs." + name] = path;
  if (decision.recipe.seed) placeholders["seed"] = std::to_string(*decision.recipe.seed);
  if (decision.recipe.metrics) placeholders["metrics"] = *decision.recipe.metrics;
  add_stage_placeholders(planned_stages(decision.recipe), decision.recipe.command, placeholders);
  decision.plan.command = domain::expand_command(decision.recipe.command, placeholders);
}

void decide_inputs(const RetrainRequest& request, RetrainDecision& decision) {
  std::vector<std::string> known;
  for (const auto& [role, path] : decision.recipe.inputs) known.push_back(role);
  for (const DataArgument& input : request.inputs) require_known("input", input.role, known, decision.model);
  for (const auto& [role, path] : decision.recipe.inputs) {
    const auto given = std::find_if(request.inputs.begin(), request.inputs.end(),
                                    [&](const DataArgument& input) { return input.role == role; });
    if (given == request.inputs.end()) {
      decision.plan.inputs.emplace_back(role, path);
    } else {
      decision.plan.inputs.emplace_back(role, given->path ? given->path->string() : *given->reference);
    }
  }
}

}  // namespace

domain::Recipe find_recipe(Workspace& workspace, const RetrainDecision& decision) {
  const PolicySource source = policy_at(workspace, decision.snapshot.value_or(decision.plan.commit));
  if (const domain::Recipe* recipe = source.policy.recipe(decision.model)) return *recipe;
  std::vector<std::string> models;
  for (const auto& [name, model] : source.policy.models) {
    if (model.train) models.push_back(name);
  }
  Error error{ErrorKind::not_found, fmt::format("mlops.toml at commit {} has no recipe [model.{}.train]",
                                                short_commit(decision.plan.commit), decision.model)};
  if (const auto near = near_miss(decision.model, models)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint("`mlops help policy` shows how to write one; it must be committed");
  if (decision.repeats) error.add_hint("`--at HEAD` takes the recipe, the code and the data of HEAD instead");
  throw error;
}

RetrainDecision decide_retrain(Workspace& workspace, const RetrainRequest& request) {
  const domain::Reference reference = domain::parse_reference(request.reference);
  RetrainDecision decision;
  decision.model = reference.model;
  decision.parent = find_parent(workspace, reference);
  decide_commit(workspace, request, decision);
  decision.recipe = find_recipe(workspace, decision);
  decide_params(workspace, request, decision);
  decide_inputs(request, decision);
  decide_command(decision);
  return decision;
}

RetrainDecision with_params(RetrainDecision decision, const domain::Params& params) {
  set_params(params, decision);
  decide_command(decision);
  return decision;
}

RetrainDecision decide_again(Workspace& workspace, const domain::Run& run, bool repeats) {
  RetrainDecision decision;
  decision.model = run.model.value_or("");
  if (run.parent) decision.parent = workspace.read()->version(*run.parent);
  decision.repeats = repeats;
  decision.plan.commit = run.git ? run.git->commit : std::string{};
  decision.plan.commit_origin = fmt::format("recorded by run {}", run.number);
  decision.changes_of = fmt::format("run {}", run.number);
  if (run.git) decision.diff = run.git->diff;
  decision.snapshot = domain::execution_of(run).snapshot;
  require_repository(workspace);
  decision.recipe = find_recipe(workspace, decision);
  for (const domain::DataUse& use : run.inputs) {
    decision.plan.inputs.emplace_back(use.role, domain::VersionId{use.dataset, use.number}.text());
  }
  return with_params(std::move(decision), run.param_overrides);
}

}  // namespace mlops::app
