#include <mlops/domain/objective.hpp>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>

#include "segments.hpp"

namespace mlops::domain {

std::string_view name_of(Goal goal) { return goal == Goal::maximum ? "max" : "min"; }

Goal parse_goal(std::string_view text) {
  if (text == "max") return Goal::maximum;
  if (text == "min") return Goal::minimum;
  throw Error{ErrorKind::usage, fmt::format("`{}` is neither `max` nor `min`", shown(text))};
}

bool is_better(Goal goal, double value, double other) { return goal == Goal::maximum ? value > other : value < other; }

std::string Objective::text() const { return fmt::format("{}:{}", metric, name_of(goal)); }

// A metric's own name may hold colons, so the last one counts.
Objective parse_objective(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` does not say whether more is better", shown(text)),
                {fmt::format("`{0}:max` looks for the largest, `{0}:min` for the smallest", shown(text))}};
  }
  Objective objective;
  objective.metric = check_key("metric", text.substr(0, colon));
  objective.goal = parse_goal(text.substr(colon + 1));
  return objective;
}

}  // namespace mlops::domain
