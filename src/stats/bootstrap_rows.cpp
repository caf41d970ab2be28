#include <algorithm>
#include <numeric>
#include <utility>

#include <mlops/stats/bootstrap.hpp>

#include "clusters.hpp"
#include "comparison_inputs.hpp"
#include "replicates.hpp"

namespace mlops::stats {
namespace {

// Leaving out each of a million rows by itself would take a million passes over them.
constexpr std::size_t most_parts = 200;

std::vector<std::size_t> whole_sample(std::size_t rows) {
  std::vector<std::size_t> all(rows);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// Which part of the jackknife each unit belongs to: parts of nearly the same size, and random, for the order of rows
// may mean something.
std::vector<std::size_t> parts_of(std::size_t units, std::uint64_t seed) {
  std::vector<std::size_t> parts(units);
  for (std::size_t i = 0; i < units; ++i) parts[i] = i % most_parts;
  if (units <= most_parts) return parts;
  Random random{seed};
  for (std::size_t i = units; i > 1; --i) std::swap(parts[i - 1], parts[random.below(i)]);
  return parts;
}

std::vector<LeftOut> without_parts(const Clusters& clusters, const RowStatistic& statistic, std::uint64_t seed) {
  const std::vector<std::size_t> parts = parts_of(clusters.count(), seed);
  std::vector<LeftOut> jackknife;
  std::vector<std::size_t> rows;
  for (std::size_t part = 0; part < std::min(most_parts, clusters.count()); ++part) {
    rows.clear();
    for (std::size_t cluster = 0; cluster < clusters.count(); ++cluster) {
      if (parts[cluster] == part) continue;
      const std::span<const std::size_t> more = clusters.of(cluster);
      rows.insert(rows.end(), more.begin(), more.end());
    }
    jackknife.push_back({.value = statistic(rows), .times = 1});
  }
  return jackknife;
}

Bootstrap bootstrap_of_clusters(const Clusters& clusters, const RowStatistic& statistic,
                                const BootstrapOptions& options) {
  demand_bootstrap(options, clusters.count());
  const auto make = [&clusters, &statistic] {
    return [&clusters, &statistic, rows = std::vector<std::size_t>{}](Random& random) mutable {
      rows.clear();
      for (std::size_t i = 0; i < clusters.count(); ++i) {
        const std::span<const std::size_t> more = clusters.of(random.below(clusters.count()));
        rows.insert(rows.end(), more.begin(), more.end());
      }
      return statistic(rows);
    };
  };
  return bootstrap_of(
      statistic(whole_sample(clusters.rows.size())), static_cast<std::int64_t>(clusters.count()),
      draw_replicates(options, make), [&] { return acceleration_of(without_parts(clusters, statistic, options.seed)); },
      options);
}

}  // namespace

Bootstrap bootstrap_rows(std::size_t rows, const RowStatistic& statistic, const BootstrapOptions& options) {
  return bootstrap_of_clusters({.starts = whole_sample(rows + 1), .rows = whole_sample(rows)}, statistic, options);
}

Bootstrap bootstrap_clusters(std::span<const std::uint64_t> cluster_of, const RowStatistic& statistic,
                             const BootstrapOptions& options) {
  return bootstrap_of_clusters(clusters_of(cluster_of), statistic, options);
}

}  // namespace mlops::stats
