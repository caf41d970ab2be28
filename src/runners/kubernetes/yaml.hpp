// JSON values as YAML, for people and for `kubectl apply -f -`.
#pragma once

#include <string>

#include <mlops/support/json.hpp>

namespace mlops::runners {

// In block style. Text that another reader could take for a number or a truth value is quoted; text of several lines
// stands as it is.
std::string yaml_text(const Json& value);

}  // namespace mlops::runners
