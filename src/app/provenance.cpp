#include "provenance.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

bool is_within(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

Provenance provenance(Workspace& workspace, const std::vector<fs::path>& recorded) {
  Provenance result;
  git::Repository* repository = workspace.repository();
  if (!repository) {
    result.notices.emplace_back("not in a git repository: the code behind this is not recorded");
    return result;
  }
  auto state = repository->working_state(workspace.project());
  if (!state) {
    result.notices.emplace_back("the git repository has no commit yet: the code behind this is not recorded");
    return result;
  }
  for (const std::string& path : state->changed) {
    const fs::path absolute = (repository->root() / path).lexically_normal();
    const bool is_recorded = std::any_of(recorded.begin(), recorded.end(), [&](const fs::path& known) {
      return is_within(absolute, known.lexically_normal());
    });
    if (!is_recorded) result.changed.push_back(path);
  }
  // A tree that git calls dirty without naming a path stays dirty.
  state->state.dirty = state->state.dirty && (state->changed.empty() || !result.changed.empty());
  result.git = std::move(state->state);
  result.notices = std::move(state->warnings);
  return result;
}

void require_clean(const Provenance& provenance) {
  if (!provenance.git) {
    throw Error{ErrorKind::refused, fmt::format("`--require-clean`: {}", provenance.notices.front())};
  }
  if (!provenance.git->dirty) return;
  constexpr std::size_t shown = 3;
  std::vector<std::string> paths{
      provenance.changed.begin(),
      provenance.changed.begin() + static_cast<std::ptrdiff_t>(std::min(shown, provenance.changed.size()))};
  for (std::string& path : paths) path = printable(path);
  if (provenance.changed.size() > shown) paths.push_back(fmt::format("{} more", provenance.changed.size() - shown));
  throw Error{ErrorKind::refused,
              fmt::format("`--require-clean`: the tree has changes: {}", join(paths, ", ")),
              {"commit or stash them, then register again"}};
}

void store_diff(Workspace& workspace, artifacts::PutBatch& batch, Provenance& provenance) {
  if (!provenance.git || !provenance.git->dirty) return;
  const std::string diff = workspace.repository()->diff();
  if (!diff.empty()) provenance.git->diff = batch.put_bytes(diff).digest;
}

}  // namespace mlops::app
