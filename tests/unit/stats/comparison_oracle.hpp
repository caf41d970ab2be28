// What scipy and statsmodels found: tests/oracles/comparison.py.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::stats {

inline const Json::Array& comparison_cases(std::string_view section) {
  static const Json oracle = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "comparison.json";
    return parse_json(read_file(path), path.string());
  }();
  return oracle.at(section).as_array();
}

inline std::vector<double> doubles_of(const Json& values) {
  std::vector<double> numbers;
  for (const Json& value : values.as_array()) numbers.push_back(value.as_double());
  return numbers;
}

}  // namespace mlops::stats
