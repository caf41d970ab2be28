// A guard before the TOML library, which builds (and destroys) dotted keys of any length recursively.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mlops {

// Where a key of more than `max_parts` dotted parts begins; nullopt when there is none. Strings and comments don't
// count.
std::optional<std::size_t> find_overlong_key(std::string_view toml, std::size_t max_parts);

}  // namespace mlops
