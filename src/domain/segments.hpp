// The spelling that names of models, datasets, stages, aliases and checks share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlops::domain {

// [a-z0-9]+([._-][a-z0-9]+)*
bool is_segment(std::string_view text);

// Returns `text` when it is one segment (two joined by '/' where a namespace is allowed); else throws Error{usage}.
// `kind` goes into the message: "model", "stage", "check".
std::string check_segments(std::string_view kind, std::string_view text, bool allows_namespace);

// The legal name that a person most likely meant; nullopt when too little of `text` is left in it.
std::optional<std::string> nearest_name(std::string_view text, bool allows_namespace);

// Outside text for an error message: no control characters, and never longer than a line.
std::string shown(std::string_view text);

}  // namespace mlops::domain
