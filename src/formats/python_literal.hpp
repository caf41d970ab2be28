// The few literals of Python that stand in headers of NumPy files: texts, whole numbers, True, False, None, tuples,
// lists and dicts. Nothing is evaluated.
#pragma once

#include <string_view>

#include <mlops/support/json.hpp>

namespace mlops::formats {

// Tuples and lists become arrays, dicts objects. Malformed for anything else, for a key that comes twice, and for more
// than white space behind the value.
Json parse_python_literal(std::string_view text);

}  // namespace mlops::formats
