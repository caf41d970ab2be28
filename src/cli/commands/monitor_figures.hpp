// Figures of batches in words, for the commands of monitoring.
#pragma once

#include <optional>
#include <string>

#include <fmt/core.h>

#include <mlops/domain/monitoring.hpp>

namespace mlops::cli {

inline std::optional<double> figure_of_batch(const domain::Batch& batch, const std::string& name) {
  const auto found = batch.figures.find(name);
  return found == batch.figures.end() ? std::nullopt : std::optional{found->second};
}

inline std::string share_text(const domain::Batch& batch, const std::string& name) {
  const auto share = figure_of_batch(batch, name);
  return share ? fmt::format("{:.0f}%", 100 * *share) : "";
}

inline std::string batch_id_text(const domain::Batch& batch) {
  return batch.id == 0 ? std::string{"-"} : fmt::format("{}", batch.id);
}

}  // namespace mlops::cli
