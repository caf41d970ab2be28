// Texts of JSON objects that need not have them.
#pragma once

#include <string_view>

#include <mlops/support/json.hpp>

namespace mlops::formats {

// Empty when there is none, or something else. `object` must outlive what is returned.
inline std::string_view text_at(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value != nullptr && value->is_string() ? std::string_view{value->as_string()} : std::string_view{};
}

}  // namespace mlops::formats
