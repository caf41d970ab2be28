// JSON as Python writes it, and JSON as facts are kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mlops/support/json.hpp>

namespace mlops::formats {

// Python writes NaN and Infinity, which are read as null. All else is as strict as ever: Error{usage} as parse_json.
Json parse_python_json(std::string_view text, std::string_view source);

// What may stand among the facts of an inspection: the beginning of it, some `most_bytes` in all. Long texts are cut,
// and what is nested deeply becomes null.
Json bounded(const Json& value, std::size_t most_bytes = 8192);

// Its first bytes, without half a character at the end.
std::string cut_text(std::string_view text, std::size_t most_bytes);

}  // namespace mlops::formats
