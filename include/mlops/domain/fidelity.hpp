// How near one run came to another that it repeats.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/records.hpp>

namespace mlops::domain {

enum class DifferenceKind { recipe, code, data, environment, hardware };
std::string_view name_of(DifferenceKind kind);

struct Difference {
  DifferenceKind kind = DifferenceKind::recipe;
  std::string name;    // "seed", "scikit-learn", "train", "cpu"
  std::string before;  // "" when there was nothing
  std::string after;
  std::string detail = {};  // what is known of it in words: "1 row changed: line 17"
  friend bool operator==(const Difference&, const Difference&) = default;
};

struct MetricFidelity {
  std::string name;
  std::optional<double> before;
  std::optional<double> after;
  double tolerance = 0;
  [[nodiscard]] bool within() const;
  friend bool operator==(const MetricFidelity&, const MetricFidelity&) = default;
};

struct Fidelity {
  std::vector<Difference> differences;  // by kind, then name
  std::size_t files = 0;                // that the first run wrote
  std::vector<std::string> different_files;
  std::vector<MetricFidelity> metrics;  // by name

  // Whether both wrote files, and the same ones, bit for bit.
  [[nodiscard]] bool identical() const { return files > 0 && different_files.empty(); }
  [[nodiscard]] bool within_tolerance() const;
  [[nodiscard]] bool reproduced() const { return identical() || within_tolerance(); }
  // 0: the same recipe; 1: and the same code and data; 2: and the same environment; 3: and the same hardware; 4: the
  // same recipe, code and data gave the same bits, whatever else differs. nullopt: not even the recipe.
  [[nodiscard]] std::optional<int> grade() const;
};

// `tolerance` is the distance that each metric may have; those that it doesn't name may have none.
Fidelity compare_runs(const Run& before, const Run& after, const std::map<std::string, double>& tolerance);

Json to_json(const Fidelity& fidelity);

}  // namespace mlops::domain
