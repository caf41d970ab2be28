#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence git_clean(const Facts& facts) {
  constexpr std::size_t short_commit = 7;
  auto evidence = make_evidence("git.clean", "registered from a clean commit");
  const auto& git = facts.version.git;
  if (!git) return failed(std::move(evidence), "no commit", "it was registered outside a git repository");

  evidence.figures = Json::object({{"commit", git->commit}, {"dirty", git->dirty}});
  const std::string commit = git->commit.substr(0, short_commit);
  if (!git->dirty) return passed(std::move(evidence), commit);
  return failed(std::move(evidence), fmt::format("{} and changes", commit),
                "it was registered with uncommitted changes");
}

}  // namespace mlops::checks
