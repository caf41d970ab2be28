#include "clusters.hpp"

#include <unordered_map>

namespace mlops::stats {

Clusters clusters_of(std::span<const std::uint64_t> cluster_of_row) {
  std::unordered_map<std::uint64_t, std::size_t> numbers;
  std::vector<std::size_t> number_of_row;
  number_of_row.reserve(cluster_of_row.size());
  for (const std::uint64_t name : cluster_of_row) {
    number_of_row.push_back(numbers.try_emplace(name, numbers.size()).first->second);
  }
  Clusters clusters{.starts = std::vector<std::size_t>(numbers.size() + 1, 0),
                    .rows = std::vector<std::size_t>(cluster_of_row.size())};
  for (const std::size_t number : number_of_row) ++clusters.starts[number + 1];
  for (std::size_t i = 1; i < clusters.starts.size(); ++i) clusters.starts[i] += clusters.starts[i - 1];
  std::vector<std::size_t> next = clusters.starts;
  for (std::size_t row = 0; row < number_of_row.size(); ++row) clusters.rows[next[number_of_row[row]]++] = row;
  return clusters;
}

}  // namespace mlops::stats
