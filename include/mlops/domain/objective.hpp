// What is looked for: one metric, as large or as small as can be.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mlops::domain {

enum class Goal { maximum, minimum };
std::string_view name_of(Goal goal);     // "max", "min"
Goal parse_goal(std::string_view text);  // Error{usage} for another word

// Whether `value` serves the goal better than `other`.
bool is_better(Goal goal, double value, double other);

struct Objective {
  std::string metric;
  Goal goal = Goal::maximum;
  [[nodiscard]] std::string text() const;  // "auc:max"
  friend bool operator==(const Objective&, const Objective&) = default;
};
// "auc:max" or "loss:min". Error{usage} for another form.
Objective parse_objective(std::string_view text);

// Metrics of which the best value over the steps of a training counts, where else it is the last.
using BestOf = std::map<std::string, Goal>;

}  // namespace mlops::domain
