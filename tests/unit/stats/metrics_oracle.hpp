// What tests/oracles/metrics.py kept: predictions, and what scikit-learn says of them.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/stats/predictions.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::stats {

inline const Json& metrics_oracle(std::string_view kind) {
  static const Json document = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "metrics.json";
    return parse_json(read_file(path), path.string());
  }();
  const Json& examples = document.at(kind);
  REQUIRE_FALSE(examples.as_array().empty());
  return examples;
}

inline std::vector<double> numbers_of(const Json& array) {
  std::vector<double> numbers;
  for (const Json& number : array.as_array()) numbers.push_back(number.as_double());
  return numbers;
}

template <typename Label = std::uint32_t>
std::vector<Label> labels_of(const Json& array) {
  std::vector<Label> labels;
  for (const Json& label : array.as_array()) labels.push_back(static_cast<Label>(label.as_integer()));
  return labels;
}

// To 1e-12, relative to what is above 1; null stands for NaN.
inline bool is_close(double found, const Json& expected) {
  if (expected.is_null()) return std::isnan(found);
  const double wanted = expected.as_double();
  return std::abs(found - wanted) <= 1e-12 * std::max(1.0, std::abs(wanted));
}
inline bool is_close(const MetricValue& found, const Json& expected) { return is_close(found.value, expected); }

// The part of a name like "precision/macro" behind the last slash, and what is before it.
inline std::string behind_slash(const std::string& name) { return name.substr(name.rfind('/') + 1); }
inline std::string before_slash(const std::string& name) { return name.substr(0, name.rfind('/')); }

}  // namespace mlops::stats
