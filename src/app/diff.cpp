#include <map>
#include <string>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/domain/event.hpp>
#include <mlops/support/error.hpp>

#include "changes.hpp"
#include "look_inside.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t commits_to_list = 1000;

std::map<std::string, domain::FileEntry> by_path(std::vector<domain::FileEntry> files) {
  std::map<std::string, domain::FileEntry> map;
  for (auto& file : files) map.emplace(file.path, std::move(file));
  return map;
}

std::map<std::string, std::string> environment_of(store::ReadTransaction& view, const domain::Version& version) {
  if (!version.run) return {};
  const auto run = view.run(*version.run);
  return run ? flat_environment(run->environment) : std::map<std::string, std::string>{};
}

std::map<std::string, domain::Tensor> by_name(std::vector<domain::Tensor> tensors) {
  std::map<std::string, domain::Tensor> map;
  for (auto& tensor : tensors) map.emplace(tensor.name, std::move(tensor));
  return map;
}

// A version that was registered without looking inside has an empty inside, which is no difference.
void compare_insides(Workspace& workspace, DiffOutcome& outcome) {
  if (outcome.a.digest == outcome.b.digest) return;
  const auto a = recorded_inspection(workspace, outcome.a);
  const auto b = recorded_inspection(workspace, outcome.b);
  if (!a || !b) return;
  outcome.tensors = changes(by_name(a->tensors), by_name(b->tensors));
  outcome.hyperparameters = changes(a->hyperparameters, b->hyperparameters);
  outcome.libraries = changes(a->libraries, b->libraries);
}

domain::Signature signature_of(const domain::Version& version) {
  if (version.signature.is_null()) return {};
  return domain::parse_signature(version.signature, "the signature of " + version.id.text());
}

void compare_signatures(DiffOutcome& outcome) {
  if (outcome.a.signature == outcome.b.signature) return;
  try {
    outcome.signature = domain::compare_signatures(signature_of(outcome.a), signature_of(outcome.b));
  } catch (const Error&) {
    // Registered when a signature could still be any object.
    outcome.signature = {{.breaks = true, .what = "the signatures differ, and can't be compared"}};
  }
}

void compare_commits(Workspace& workspace, DiffOutcome& outcome) {
  const auto& a = outcome.a.git;
  const auto& b = outcome.b.git;
  if (!a || !b) {
    outcome.commits_unknown = fmt::format("{} was registered outside git", (a ? outcome.b : outcome.a).id.text());
    return;
  }
  if (a->commit == b->commit) return;
  git::Repository* repository = workspace.repository();
  if (!repository || !repository->commit(a->commit) || !repository->commit(b->commit)) {
    outcome.commits_unknown = "the commits are not in this repository";
    return;
  }
  outcome.commits = repository->range(a->commit, b->commit, commits_to_list);
  if (outcome.commits.empty()) {
    outcome.commits = repository->range(b->commit, a->commit, commits_to_list);
    outcome.commits_reversed = true;
  }
}

}  // namespace

bool DiffOutcome::same() const {
  return a.digest == b.digest && metrics.empty() && params.empty() && data.empty() && environment.empty() &&
         signature.empty() && (a.git ? a.git->commit : "") == (b.git ? b.git->commit : "");
}

DiffOutcome diff_versions(Workspace& workspace, const std::string& a, const std::string& b) {
  DiffOutcome outcome;
  {
    const auto view = workspace.read();
    outcome.a = load(*view, resolve_ever(*view, a));
    outcome.b = load(*view, resolve_ever(*view, b));
    outcome.files = changes(by_path(view->version_files(outcome.a.id)), by_path(view->version_files(outcome.b.id)));
    outcome.environment = changes(environment_of(*view, outcome.a), environment_of(*view, outcome.b));
  }
  outcome.metrics = changes(outcome.a.metrics, outcome.b.metrics);
  outcome.params = changes(outcome.a.params, outcome.b.params);
  outcome.data = data_changes(outcome.a.data, outcome.b.data);
  compare_insides(workspace, outcome);
  compare_signatures(outcome);
  compare_commits(workspace, outcome);
  return outcome;
}

}  // namespace mlops::app
