#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence artifacts_intact(const Facts& facts) {
  auto evidence = make_evidence("artifacts.intact", "every file stored and undamaged");
  const std::vector<FileState> states = facts.file_states();
  if (states.empty()) return errored(std::move(evidence), "no file could be looked at");

  const auto count_of = [&](std::string_view problem) {
    return static_cast<std::size_t>(std::ranges::count(states, problem, &FileState::problem));
  };
  const std::size_t intact = count_of("");
  evidence.figures = Json::object({{"files", states.size()},
                                   {"intact", intact},
                                   {"missing", count_of("missing")},
                                   {"damaged", count_of("damaged")}});
  if (intact == states.size()) return passed(std::move(evidence), count_text(intact, "file"));

  const auto first = std::ranges::find_if(states, [](const FileState& state) { return !state.problem.empty(); });
  const std::size_t others = states.size() - intact - 1;
  std::string reason = fmt::format("`{}` is {}", printable(first->path), first->problem);
  if (others > 0) reason += fmt::format(", and {} more {} not intact", others, others == 1 ? "is" : "are");
  return failed(std::move(evidence), fmt::format("{} of {}", intact, count_text(states.size(), "file")),
                std::move(reason));
}

}  // namespace mlops::checks
