// Conditions on metrics, as a gate states them: "accuracy >= 0.92", "auc >= production.auc - 0.005", joined by `and`,
// `or` and brackets.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/domain/compound.hpp>

namespace mlops::domain {

enum class Comparison { less, less_equal, greater, greater_equal, equal, not_equal };
std::string_view symbol_of(Comparison comparison);
bool holds(double found, Comparison comparison, double wanted);
// The same of a figure that lies between two ends: true when all of it holds, false when none of it does, nullopt when
// that can't be told, as for an end that is not a number.
std::optional<bool> holds_between(double low, double high, Comparison comparison, double wanted);
bool asks_for_more(Comparison comparison);  // > and >=

// The right side that looks at another version: "production.auc - 0.005".
struct StageMetric {
  std::string stage;
  std::string metric;
  char adjustment = 0;  // '+', '-', '*', or 0 for none
  double amount = 0;
};

struct Condition {
  std::string metric;
  Comparison comparison = Comparison::greater_equal;
  double value = 0;                      // used when there is no `stage`
  std::optional<StageMetric> reference;  // otherwise
  std::string text;                      // as written
};

// Comparisons joined by `and`, `or` and brackets. Throws Error{usage} that points at the part it can't read. `is_stage`
// tells which word before the first dot is a stage, since metric names may contain dots too.
Compound<Condition> parse_condition(std::string_view text, const std::function<bool(std::string_view)>& is_stage);

}  // namespace mlops::domain
