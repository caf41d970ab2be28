#include "archive/zip_problems.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::formats {

void ZipProblems::add(std::string_view rule, std::string what) {
  constexpr std::ptrdiff_t most_of_a_rule = 16;
  const auto same = [&](const ZipProblem& problem) { return problem.rule == rule; };
  if (std::ranges::find(problems_, what, &ZipProblem::what) != problems_.end()) return;
  if (std::ranges::count_if(problems_, same) < most_of_a_rule)
    problems_.push_back({std::string{rule}, std::move(what)});
}

std::string quoted_name(std::string_view name) {
  return fmt::format("`{}`", truncate_to_width(printable(name.substr(0, 400)), 100));
}

}  // namespace mlops::formats
