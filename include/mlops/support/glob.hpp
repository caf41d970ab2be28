// Patterns for paths inside a version, as shells and .gitignore files know them.
#pragma once

#include <string_view>

namespace mlops {

// Whether the pattern matches the whole path. `*` is any text and `?` any character within a part between slashes,
// `[a-z]` one of a set (`[!a-z]` one that is not), `**` as a whole part any number of parts. Never takes exponential
// time.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view path);
// The same, or the pattern matches a folder that the path is in.
[[nodiscard]] bool glob_selects(std::string_view pattern, std::string_view path);

}  // namespace mlops
