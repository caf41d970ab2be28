// What scipy found: tests/oracles/drift.py.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::stats {

inline const Json& drift_oracle(std::string_view section) {
  static const Json oracle = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "drift.json";
    return parse_json(read_file(path), path.string());
  }();
  return oracle.at(section);
}

// Empty for a member that isn't there.
inline std::vector<double> numbers_at(const Json& object, std::string_view key) {
  std::vector<double> numbers;
  const Json* values = object.find(key);
  if (values == nullptr) return numbers;
  for (const Json& value : values->as_array()) numbers.push_back(value.as_double());
  return numbers;
}

inline std::vector<std::uint64_t> counts_at(const Json& object, std::string_view key) {
  std::vector<std::uint64_t> counts;
  for (const Json& value : object.at(key).as_array()) counts.push_back(static_cast<std::uint64_t>(value.as_integer()));
  return counts;
}

}  // namespace mlops::stats
