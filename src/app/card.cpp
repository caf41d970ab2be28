#include <fmt/core.h>

#include <mlops/app/report.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "look_inside.hpp"
#include "policy_source.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_card = 1u << 20;
constexpr std::string_view card_file = "model_card.md";

std::string description_in(const domain::Policy& policy, const std::string& model) {
  const auto found = policy.models.find(model);
  return found == policy.models.end() ? std::string{} : found->second.description;
}

// What can't be read is told and left out: the rest of the card is still worth having.
template <typename Read>
void attempt(Workspace& workspace, std::string_view what, const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    workspace.context().warn(fmt::format("the card is without {}: {}", what, error.message()));
  }
}

void read_from_commit(Workspace& workspace, const domain::GitState& git, const std::string& model,
                      CardOutcome& outcome) {
  git::Repository* repository = workspace.repository();
  if (repository == nullptr) {
    workspace.context().warn(
        fmt::format("the card is without the author's part: commit {} is not here", short_commit(git.commit)));
    return;
  }
  attempt(workspace, "the model's description",
          [&] { outcome.description = description_in(policy_at(workspace, git.commit).policy, model); });
  attempt(workspace, "the author's part", [&] {
    const std::string prefix = git.path.empty() ? "" : git.path + "/";
    auto blob = repository->blob_at(git.commit, prefix + std::string{card_file});
    if (!blob) return;
    outcome.authored = std::move(blob->content);
    outcome.authored_source = fmt::format("commit {}", git.commit);
  });
}

void read_from_folder(Workspace& workspace, const std::string& model, CardOutcome& outcome) {
  outcome.description = description_in(gate_policy(workspace).policy, model);
  const fs::path file = workspace.project() / card_file;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  outcome.authored = read_file(file, largest_card);
  outcome.authored_source = "the project's folder";
}

}  // namespace

CardOutcome card_of(Workspace& workspace, const std::string& reference) {
  CardOutcome outcome;
  outcome.known = show_version(workspace, reference);
  const domain::Version& version = outcome.known.summary.version;
  outcome.inspection = recorded_inspection(workspace, version);
  {
    const auto view = workspace.read();
    for (const domain::DataUse& use : version.data) {
      if (auto dataset = view->dataset(use.dataset, use.number)) outcome.datasets.push_back(std::move(*dataset));
    }
  }
  if (version.git) {
    read_from_commit(workspace, *version.git, version.id.model, outcome);
  } else {
    read_from_folder(workspace, version.id.model, outcome);
  }
  if (outcome.authored && outcome.authored->size() > largest_card) {
    throw Error{ErrorKind::usage, fmt::format("{} is larger than a card may be ({} bytes)", card_file, largest_card)};
  }
  return outcome;
}

}  // namespace mlops::app
