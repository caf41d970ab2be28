#include <algorithm>

#include <fmt/format.h>

#include <mlops/stats/bootstrap.hpp>
#include <mlops/support/error.hpp>

#include "clusters.hpp"
#include "comparison_inputs.hpp"
#include "replicates.hpp"

namespace mlops::stats {
namespace {

// The figures of one unit, added to sums or taken away from them.
void add_unit(const Units& units, std::size_t unit, double sign, std::span<double> sums) {
  const double* figures = units.figures.data() + unit * units.width;
  for (std::size_t i = 0; i < units.width; ++i) sums[i] += sign * figures[i];
}

std::vector<double> sums_of(const Units& units, std::size_t count) {
  std::vector<double> sums(units.width, 0.0);
  for (std::size_t unit = 0; unit < count; ++unit) add_unit(units, unit, 1, sums);
  return sums;
}

std::vector<LeftOut> without_one_unit(const Units& units, const std::vector<double>& all, std::size_t count,
                                      const CellStatistic& statistic) {
  std::vector<LeftOut> jackknife;
  jackknife.reserve(count);
  for (std::size_t unit = 0; unit < count; ++unit) {
    std::vector<double> sums = all;
    add_unit(units, unit, -1, sums);
    jackknife.push_back({.value = statistic(sums), .times = 1});
  }
  return jackknife;
}

double mean_of_sums(std::span<const double> sums) { return sums[0] / sums[1]; }

}  // namespace

Bootstrap bootstrap_sums(const Units& units, const CellStatistic& statistic, const BootstrapOptions& options) {
  demand_finite(units.figures, "figures");
  if (units.width == 0 || units.figures.size() % units.width != 0) {
    throw Error{ErrorKind::usage,
                fmt::format("{} figures are no whole number of units of {} each", units.figures.size(), units.width)};
  }
  const std::size_t count = units.figures.size() / units.width;
  demand_bootstrap(options, count);
  const std::vector<double> all = sums_of(units, count);
  const auto make = [&units, count, &statistic] {
    return [&units, count, &statistic, sums = std::vector<double>(units.width)](Random& random) mutable {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t i = 0; i < count; ++i) add_unit(units, random.below(count), 1, sums);
      return statistic(sums);
    };
  };
  return bootstrap_of(
      statistic(all), static_cast<std::int64_t>(count), draw_replicates(options, make),
      [&] { return acceleration_of(without_one_unit(units, all, count, statistic)); }, options);
}

Bootstrap bootstrap_cluster_mean(std::span<const double> values, std::span<const std::uint64_t> cluster_of,
                                 const BootstrapOptions& options) {
  demand_same_length(values.size(), cluster_of.size(), "values and clusters");
  const Clusters clusters = clusters_of(cluster_of);
  std::vector<double> figures(2 * clusters.count(), 0.0);
  for (std::size_t cluster = 0; cluster < clusters.count(); ++cluster) {
    for (const std::size_t row : clusters.of(cluster)) {
      figures[2 * cluster] += values[row];
      figures[2 * cluster + 1] += 1;
    }
  }
  return bootstrap_sums({.figures = figures, .width = 2}, mean_of_sums, options);
}

}  // namespace mlops::stats
