// Metrics and params files that training code wrote.
#pragma once

#include <filesystem>
#include <string_view>

#include <mlops/domain/records.hpp>

namespace mlops::formats {

// A JSON object of numbers; nested objects are joined by dots. Anything else that a metric can't be (text, NaN, null,
// lists) is Error{usage} "FILE: metric `x.y` is …". `source` names the file.
domain::Metrics parse_metrics(std::string_view text, std::string_view source);
domain::Metrics read_metrics(const std::filesystem::path& path);

// A JSON object of numbers, text, booleans and lists of these; nested objects are joined by dots.
domain::Params parse_params(std::string_view text, std::string_view source);
domain::Params read_params(const std::filesystem::path& path);

}  // namespace mlops::formats
