#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence held_before(const std::string& stage, const Facts& facts) {
  auto evidence = make_evidence("after." + stage, fmt::format("holds or has held {}", stage));
  if (facts.has_held_after) return passed(std::move(evidence), "it has");
  return failed(std::move(evidence), "never", fmt::format("promote it to {} first", stage));
}

}  // namespace mlops::checks
