// What scipy and statsmodels found: tests/oracles/comparison.py.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::stats {

inline const Json::Array& comparison_cases(std::string_view section) {
  static const Json oracle = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "comparison.json";
    return parse_json(read_file(path), path.string());
  }();
  const Json::Array& cases = oracle.at(section).as_array();
  REQUIRE_FALSE(cases.empty());
  return cases;
}

inline std::vector<double> doubles_of(const Json& values) {
  std::vector<double> numbers;
  for (const Json& value : values.as_array()) numbers.push_back(value.as_double());
  return numbers;
}

}  // namespace mlops::stats
