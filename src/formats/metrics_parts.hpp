// Parts of reading metrics that files of one object and JSON Lines share.
#pragma once

#include <string_view>

#include <mlops/domain/records.hpp>

namespace mlops::formats {

// The parsed text, with a hint where Python's NaN is the mistake.
Json parse_figures(std::string_view text, std::string_view source);

// Of an object of numbers; nested objects are joined by dots. Error{usage} for anything else.
domain::Metrics metrics_in(const Json& root, std::string_view source);

}  // namespace mlops::formats
