#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence git_reachable(const std::string& branch, const Facts& facts) {
  constexpr std::size_t short_commit = 7;
  auto evidence = make_evidence("git.reachable", fmt::format("commit reachable from {}", branch));
  const auto& git = facts.version.git;
  if (!git) return failed(std::move(evidence), "no commit", "it was registered outside a git repository");

  evidence.figures = Json::object({{"commit", git->commit}, {"branch", branch}});
  const std::string commit = git->commit.substr(0, short_commit);
  const std::optional<bool> reachable = facts.reachable(branch);
  if (!reachable) {
    evidence.found = commit;
    return errored(std::move(evidence),
                   fmt::format("the branch `{}` or the commit {} is not in this repository", branch, commit));
  }
  if (*reachable) return passed(std::move(evidence), commit);
  return failed(std::move(evidence), commit, fmt::format("commit {} is not on `{}`", commit, branch));
}

}  // namespace mlops::checks
