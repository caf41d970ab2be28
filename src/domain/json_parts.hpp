// What the JSON of several records is made of.
#pragma once

#include <cstdint>
#include <utility>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

namespace mlops::domain {

template <typename Map>
Json object_of(const Map& map) {
  Json::Object members;
  members.reserve(map.size());
  for (const auto& [key, value] : map) members.emplace_back(key, Json{value});
  return Json{std::move(members)};
}

// Error{integrity} when it is negative.
inline std::uint64_t count_of(const Json& json) {
  if (json.as_integer() < 0) throw Error{ErrorKind::integrity, "a count is negative"};
  return static_cast<std::uint64_t>(json.as_integer());
}

}  // namespace mlops::domain
