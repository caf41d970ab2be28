// Rows by the cluster that they belong to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mlops::stats {

// Clusters numbered from 0 in the order in which their first rows come.
struct Clusters {
  std::vector<std::size_t> starts;  // of each cluster's rows in `rows`, and one end
  std::vector<std::size_t> rows;

  [[nodiscard]] std::size_t count() const { return starts.size() - 1; }
  [[nodiscard]] std::span<const std::size_t> of(std::size_t cluster) const {
    return std::span{rows}.subspan(starts[cluster], starts[cluster + 1] - starts[cluster]);
  }
};

Clusters clusters_of(std::span<const std::uint64_t> cluster_of_row);

}  // namespace mlops::stats
