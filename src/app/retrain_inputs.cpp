#include "retrain_inputs.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "policy_source.hpp"
#include "training_ground.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

const DataArgument* given_input(const RetrainRequest& request, const std::string& role) {
  const auto found = std::find_if(request.inputs.begin(), request.inputs.end(),
                                  [&](const DataArgument& input) { return input.role == role; });
  return found == request.inputs.end() ? nullptr : &*found;
}

const domain::DataUse* recorded_input(const RetrainDecision& decision, const std::string& role) {
  if (!decision.repeats || !decision.parent) return nullptr;
  const auto& data = decision.parent->data;
  const auto found =
      std::find_if(data.begin(), data.end(), [&](const domain::DataUse& use) { return use.role == role; });
  return found == data.end() ? nullptr : &*found;
}

// The team's own name for the same bytes says more than ours.
Snapshot under_known_name(Workspace& workspace, const std::string& role, Snapshot snapshot) {
  const auto view = workspace.read();
  const auto number = view->find_dataset_by_digest(role, snapshot.dataset.digest.hex());
  auto known = number ? view->dataset(role, *number) : std::nullopt;
  if (known) snapshot.dataset = std::move(*known);
  return snapshot;
}

Snapshot take_file(Workspace& workspace, const std::string& name, const fs::path& file, const std::string& source,
                   bool is_dry_run) {
  if (is_dry_run) return take_snapshot(workspace, nullptr, name, file, source);
  const auto batch = workspace.artifacts().begin_put({});
  Snapshot snapshot = take_snapshot(workspace, batch.get(), name, file, source);
  batch->finish();
  return snapshot;
}

Snapshot choose_snapshot(Workspace& workspace, const RetrainRequest& request, const RetrainDecision& decision,
                         const std::string& role, const std::string& path, const fs::path& project) {
  const std::string name = decision.model + "." + role;
  if (const DataArgument* given = given_input(request, role)) {
    if (request.dry_run) return take_snapshots(workspace, nullptr, {*given}, decision.model + ".").front();
    return given_snapshot(workspace, *given, decision.model + ".");
  }
  if (const domain::DataUse* recorded = recorded_input(decision, role)) return recorded_snapshot(workspace, *recorded);
  if (fs::exists(project / path)) return take_file(workspace, name, project / path, path, request.dry_run);
  if (fs::exists(workspace.project() / path)) {
    workspace.context().tell(
        fmt::format("input `{}`: {} is not in the commit; taking it from your folder", role, path));
    return take_file(workspace, name, workspace.project() / path, path, request.dry_run);
  }
  throw Error{ErrorKind::not_found,
              fmt::format("the input `{}` ({}) is not in commit {}", role, path, short_commit(decision.plan.commit)),
              {fmt::format("`--input {}=PATH` names it", role)}};
}

}  // namespace

std::vector<Snapshot> choose_inputs(Workspace& workspace, const RetrainRequest& request,
                                    const RetrainDecision& decision, const fs::path& project) {
  std::vector<Snapshot> snapshots;
  for (const auto& [role, path] : decision.recipe.inputs) {
    Snapshot snapshot = choose_snapshot(workspace, request, decision, role, path, project);
    snapshot = under_known_name(workspace, role, std::move(snapshot));
    snapshot.role = role;
    snapshots.push_back(std::move(snapshot));
  }
  std::sort(snapshots.begin(), snapshots.end(), [](const Snapshot& a, const Snapshot& b) { return a.role < b.role; });
  return snapshots;
}

}  // namespace mlops::app
