// What a plain scalar of YAML 1.1 is, by its text, as PyYAML's safe loader resolves it.
#pragma once

#include <optional>
#include <string_view>

#include <mlops/support/json.hpp>

namespace mlops::formats {

// Null, a boolean, a number, or the text itself. Dates and fractions of base 60 stay text, and so do infinity and NaN,
// which JSON has not.
Json plain_scalar(std::string_view text);

// As the tag of YAML's own ("str", "int" …) demands; nullopt when the text is no such thing.
std::optional<Json> tagged_scalar(std::string_view type, std::string_view text);

}  // namespace mlops::formats
