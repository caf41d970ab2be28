#include <set>

#include <fmt/core.h>

#include <mlops/app/run.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "files_of_run.hpp"
#include "look_inside.hpp"
#include "manifest_objects.hpp"
#include "policy_source.hpp"
#include "recorded_command.hpp"
#include "retrain_inputs.hpp"
#include "retrain_plan.hpp"
#include "stored_files.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

domain::GitState git_state(Workspace& workspace, const RetrainDecision& decision) {
  domain::GitState git;
  git.commit = decision.plan.commit;
  git.path = workspace.project_prefix();
  if (const auto here = workspace.repository()->working_state(workspace.project())) {
    git.remote = here->state.remote;
    if (here->state.commit == git.commit) git.branch = here->state.branch;
  }
  if (decision.repeats && decision.parent->git->dirty) {
    git.dirty = true;
    git.diff = decision.parent->git->diff;
  }
  return git;
}

// Whoever edits and then retrains expects the edit to count; only a commit makes it.
void warn_of_changes(Workspace& workspace, const RetrainDecision& decision) {
  if (decision.repeats) return;
  const auto here = workspace.repository()->working_state(workspace.project());
  if (!here || !here->state.dirty || here->state.commit != decision.plan.commit) return;
  workspace.context().warn(
      fmt::format("your tree has changes that are not committed; the training uses {} without them",
                  short_commit(decision.plan.commit)));
}

// A version registered from a dirty tree was made by code that no commit holds: the recorded difference is part of it.
void restore_changes(Workspace& workspace, const RetrainDecision& decision, git::Worktree& worktree) {
  if (!decision.repeats || !decision.parent->git->diff) return;
  constexpr std::uint64_t largest_diff = 1u << 30;
  workspace.context().tell(
      fmt::format("applying the uncommitted changes recorded with {}", decision.parent->id.text()));
  worktree.apply(workspace.artifacts().get_bytes(*decision.parent->git->diff, largest_diff));
}

// Outputs that happen to be committed must not pass for new ones.
void clear_outputs(const domain::Recipe& recipe, const fs::path& project) {
  for (const auto& [name, path] : recipe.outputs) {
    const fs::path target = project / path;
    fs::remove_all(path.ends_with('/') ? target.parent_path() : target);
    make_directories(path.ends_with('/') ? target : target.parent_path());
  }
  if (!recipe.metrics) return;
  fs::remove(project / *recipe.metrics);
  make_directories((project / *recipe.metrics).parent_path());
}

CommandPlan command_plan(Workspace& workspace, const RetrainDecision& decision, const fs::path& project,
                         std::vector<Snapshot> snapshots) {
  CommandPlan plan;
  plan.directory = project;
  plan.snapshots = std::move(snapshots);
  plan.outputs_required = true;
  plan.run.model = decision.model;
  if (decision.parent) plan.run.parent = decision.parent->id;
  plan.run.command = decision.plan.command;
  plan.run.directory = workspace.project_prefix();
  plan.run.params = decision.plan.params;
  plan.run.param_overrides = decision.plan.param_overrides;
  plan.run.seed = decision.recipe.seed;
  plan.run.git = git_state(workspace, decision);
  for (const auto& [role, path] : decision.recipe.inputs) plan.inputs.emplace_back(role, project / path);
  for (const auto& [name, path] : decision.recipe.outputs) {
    plan.outputs.emplace_back(name, project / path);
    plan.output_names_shown.push_back(path);
  }
  if (decision.recipe.metrics) plan.metrics_file = project / *decision.recipe.metrics;
  return plan;
}

domain::Run train(Workspace& workspace, const RetrainRequest& request, const RetrainDecision& decision) {
  git::Repository& repository = *workspace.repository();
  repository.prune_worktrees();
  warn_of_changes(workspace, decision);
  workspace.context().tell(fmt::format("training {} in a clean checkout of {} ({})", decision.model,
                                       short_commit(decision.plan.commit), decision.plan.commit_origin));
  const auto worktree = repository.add_worktree(decision.plan.commit, workspace.context().temporary_directory);
  restore_changes(workspace, decision, *worktree);
  const std::string prefix = workspace.project_prefix();
  const fs::path project = prefix.empty() ? worktree->path() : worktree->path() / prefix;
  clear_outputs(decision.recipe, project);
  auto snapshots = place_inputs(workspace, request, decision, project);
  return execute(workspace, command_plan(workspace, decision, project, std::move(snapshots)));
}

domain::Version version_of(const RetrainRequest& request, const RetrainDecision& decision, const domain::Run& run,
                           const std::vector<domain::FileEntry>& files, const domain::Manifest& manifest) {
  domain::Version version;
  version.id.model = decision.model;
  version.digest = manifest.digest;
  version.file_count = static_cast<std::int64_t>(files.size());
  for (const auto& file : files) version.total_bytes += file.size;
  version.message = request.message;
  version.metrics = run.metrics;
  version.params = run.params;
  version.data = run.inputs;
  if (decision.parent) version.parent = decision.parent->id;
  version.run = run.number;
  version.git = run.git;
  return version;
}

// The end of the run and the version that came of it, in one transaction. Files that are bit for bit those of a version
// that exists are that version.
void register_result(Workspace& workspace, const RetrainRequest& request, const RetrainDecision& decision,
                     RetrainOutcome& outcome) {
  const auto files = files_of_run(*outcome.run);
  const auto manifest = domain::make_manifest(files, domain::Content::model);
  domain::Version version = version_of(request, decision, *outcome.run, files, manifest);
  const StoredFiles content{workspace.artifacts(), files};
  const auto batch = workspace.artifacts().begin_put({});
  put_manifest(*batch, manifest);
  for (const std::string& warning : describe_files(workspace, batch.get(), content, version)) {
    workspace.context().warn(warning);
  }
  batch->finish();
  const auto transaction = workspace.write();
  transaction->finish_run(*outcome.run);
  transaction->ensure_model(decision.model);
  if (const auto same = transaction->view().find_by_digest(decision.model, manifest.digest.hex())) {
    outcome.version = transaction->view().version({decision.model, *same});
  } else {
    outcome.version = transaction->add_version(std::move(version), files);
    outcome.created = true;
  }
  transaction->commit();
}

void compare(Workspace& workspace, const RetrainDecision& decision, RetrainOutcome& outcome) {
  const auto view = workspace.read();
  domain::Metrics held;
  if (const auto holding = view->holding(decision.model, outcome.last_stage)) {
    outcome.holder = domain::VersionId{decision.model, holding->version};
    if (const auto version = view->version(*outcome.holder)) held = version->metrics;
  }
  const domain::Metrics parent = decision.parent ? decision.parent->metrics : domain::Metrics{};
  std::set<std::string> names;
  const domain::Metrics& own = outcome.version->metrics;
  for (const domain::Metrics& metrics : {own, parent, held}) {
    for (const auto& [name, value] : metrics) names.insert(name);
  }
  const auto find = [](const domain::Metrics& metrics, const std::string& name) -> std::optional<double> {
    const auto found = metrics.find(name);
    return found == metrics.end() ? std::nullopt : std::optional{found->second};
  };
  for (const std::string& name : names) {
    outcome.comparison.push_back({name, find(own, name), find(parent, name), find(held, name)});
  }
}

void promote_result(Workspace& workspace, const std::string& stage, RetrainOutcome& outcome) {
  try {
    outcome.promotion = promote(workspace, {.reference = outcome.version->id.text(),
                                            .stage = stage,
                                            .expect = std::nullopt,
                                            .message = fmt::format("retrained by run {}", outcome.run->number),
                                            .dry_run = false});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
    outcome.promotion_conflict = error.message();
  }
}

}  // namespace

RetrainOutcome retrain(Workspace& workspace, const RetrainRequest& request) {
  const RetrainDecision decision = decide_retrain(workspace, request);
  const domain::Policy policy = gate_policy(workspace).policy;
  if (request.promote) require_stage(policy, *request.promote);

  RetrainOutcome outcome;
  outcome.model = decision.model;
  outcome.plan = decision.plan;
  outcome.last_stage = policy.stages.back();
  if (decision.parent) outcome.parent = decision.parent->id;
  if (request.dry_run) return outcome;

  close_lost_runs(workspace);
  outcome.run = train(workspace, request, decision);
  if (outcome.run->status != domain::RunStatus::succeeded) {
    record_end(workspace, *outcome.run);
    throw_if_interrupted(*outcome.run);
    return outcome;
  }
  register_result(workspace, request, decision, outcome);
  compare(workspace, decision, outcome);
  if (request.promote) promote_result(workspace, *request.promote, outcome);
  return outcome;
}

}  // namespace mlops::app
