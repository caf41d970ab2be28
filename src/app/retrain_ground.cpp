#include "retrain_ground.hpp"

#include <fmt/core.h>

#include <mlops/support/files.hpp>

#include "policy_source.hpp"

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

std::unique_ptr<git::Worktree> add_worktree(Workspace& workspace, const RetrainDecision& decision) {
  auto worktree = workspace.repository()->add_worktree(decision.plan.commit, workspace.context().temporary_directory);
  restore_changes(workspace, decision, *worktree);
  return worktree;
}

fs::path project_in(const fs::path& worktree, const std::string& prefix) {
  return prefix.empty() ? worktree : worktree / prefix;
}

}  // namespace

TrainingGround::TrainingGround(Workspace& workspace, const RetrainDecision& decision)
    : worktree_{add_worktree(workspace, decision)},
      project_{project_in(worktree_->path(), workspace.project_prefix())} {
  clear_outputs(decision.recipe, project_);
}

void tell_ground(Workspace& workspace, const RetrainDecision& decision) {
  warn_of_changes(workspace, decision);
  workspace.context().tell(fmt::format("training {} in a clean checkout of {} ({})", decision.model,
                                       short_commit(decision.plan.commit), decision.plan.commit_origin));
  if (decision.repeats && decision.parent->git->diff) {
    workspace.context().tell(
        fmt::format("applying the uncommitted changes recorded with {}", decision.parent->id.text()));
  }
}

CommandPlan training_command(Workspace& workspace, const RetrainDecision& decision, const fs::path& project,
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
  plan.best = decision.recipe.best;
  return plan;
}

}  // namespace mlops::app
