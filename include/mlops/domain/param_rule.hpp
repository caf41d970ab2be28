// What a param of a recipe may be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::domain {

enum class ParamType { integer, number, text, boolean };
std::string_view name_of(ParamType type);
std::optional<ParamType> parse_param_type(std::string_view text);

struct ParamRule {
  ParamType type = ParamType::number;
  std::optional<double> least;  // of integers and numbers
  std::optional<double> most;
  bool logarithmic = false;   // a search draws from this range by its logarithm
  std::vector<Json> choices;  // empty: any

  [[nodiscard]] std::string text() const;  // "an integer from 2 to 8"
  // Whether the value keeps to the rule.
  [[nodiscard]] bool admits(const Json& value) const;
  friend bool operator==(const ParamRule&, const ParamRule&) = default;
};

}  // namespace mlops::domain
