// Predictions that were made once and may be asked for again. Losing them costs time only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace mlops::app {

class PredictionCache {
 public:
  // What is kept beside the newest entry, in bytes, and for how long unused.
  static constexpr std::uint64_t default_bytes = std::uint64_t{1} << 30;
  static constexpr std::int64_t most_days = 90;

  explicit PredictionCache(std::filesystem::path folder, std::uint64_t most_bytes = default_bytes)
      : folder_{std::move(folder)}, most_bytes_{most_bytes} {}

  // The file of this name, which counts as used by that.
  [[nodiscard]] std::optional<std::filesystem::path> find(const std::string& name) const;
  // Keeps a copy of the file, where there is room for it, and lets those go that were not used for long, or are too
  // many.
  void keep(const std::string& name, const std::filesystem::path& file) const;

 private:
  void let_go(const std::filesystem::path& newest) const;

  std::filesystem::path folder_;
  std::uint64_t most_bytes_;
};

}  // namespace mlops::app
