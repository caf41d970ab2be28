// A search over the params of a recipe: what is tried, how, and how trials are judged.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/objective.hpp>
#include <mlops/domain/param_rule.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::domain {

enum class SearchMethod { grid, random, halving, optuna };
std::string_view name_of(SearchMethod method);
SearchMethod parse_search_method(std::string_view text);  // Error{usage} with the near miss

// What one param is tried at: a list of values, or a range.
struct Dimension {
  std::string param;
  std::vector<Json> values;  // of a list; empty for a range
  double least = 0;
  double most = 0;
  bool integers = false;     // of a range: whole numbers only
  bool logarithmic = false;  // drawn by the logarithm

  // How many values there are; nullopt for real numbers and for ranges that are drawn by their logarithm.
  [[nodiscard]] std::optional<std::uint64_t> count() const;
  [[nodiscard]] Json at(std::uint64_t index) const;  // of those that are counted
  [[nodiscard]] std::string text() const;            // "lr: 0.01, 0.1", "depth: 2 to 8"
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

// What the recipe says of a param that is searched.
struct SearchedParam {
  Json standard;                    // its own value
  const ParamRule* rule = nullptr;  // where it has one
};
using SearchedParams = std::map<std::string, SearchedParam>;

// "lr=[0.01,0.1]", "depth=2..8", "depth=2..8:2" (every second), "lr=0.001..1:log", "kernel=rbf", and "lr" alone for the
// range or choices of the recipe. Error{usage} that names the part at fault: an unknown param with the near miss, a
// value that the recipe's rule does not admit, a range upside down.
Dimension parse_dimension(std::string_view text, const SearchedParams& known);

// A number, true, false or text, as it reads.
Json parse_scalar(std::string_view text);

// Steps at which trials are judged, or values of a param that says how much a trial may spend.
struct Rungs {
  std::optional<std::string> param;                               // nullopt: steps of the metrics
  std::vector<std::int64_t> at;                                   // ascending, at least two with a param, one without
  std::int64_t keep = 3;                                          // one in `keep` goes on
  [[nodiscard]] std::size_t survivors(std::size_t judged) const;  // rounded up, and at least one
  friend bool operator==(const Rungs&, const Rungs&) = default;
};
// "10,30,90" or "epochs=10,30,90"
Rungs parse_rungs(std::string_view text);

struct SearchPlan {
  SearchMethod method = SearchMethod::grid;
  Objective objective;
  std::vector<Dimension> space;  // empty for a list of trials
  std::vector<Params> trials;    // what is tried, in order; empty for Optuna, which is asked
  std::int64_t count = 0;        // how many of them: the first rung's for halving by a param
  std::int64_t seed = 1;
  std::int64_t jobs = 1;
  std::optional<std::int64_t> budget_seconds;
  std::optional<Rungs> rungs;
  bool repeats = false;  // at the parent's own commit, with its data and changes
  std::optional<std::string> promote;
  std::string message;
  friend bool operator==(const SearchPlan&, const SearchPlan&) = default;
};
Json to_json(const SearchPlan& plan);
SearchPlan search_plan_from_json(const Json& json);  // Error{integrity} on another shape

}  // namespace mlops::domain
