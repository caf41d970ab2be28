// How what is not the same in two things is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/json.hpp>

namespace mlops::cli {

// One side of a change; "-" where that side has nothing.
template <typename T, typename ToText>
std::string side_text(const std::optional<T>& value, const ToText& to_text) {
  return value ? to_text(*value) : std::string{"-"};
}

inline std::string data_use_text(const domain::DataUse& use) {
  return fmt::format("{}@{} ({})", use.dataset, use.number, use.digest.short_text());
}

template <typename T, typename ToJson>
Json changes_json(const std::vector<app::Change<T>>& changes, const ToJson& to_json_value) {
  Json array = Json::array();
  for (const auto& change : changes) {
    array.push_back(Json::object({{"name", change.name},
                                  {"before", change.before ? to_json_value(*change.before) : Json{}},
                                  {"after", change.after ? to_json_value(*change.after) : Json{}}}));
  }
  return array;
}

}  // namespace mlops::cli
