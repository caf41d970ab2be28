#include <mlops/stats/bootstrap.hpp>

#include "binomial_draw.hpp"
#include "comparison_inputs.hpp"
#include "replicates.hpp"

namespace mlops::stats {
namespace {

std::int64_t rows_of(std::span<const std::int64_t> cells) {
  std::int64_t rows = 0;
  for (const std::int64_t cell : cells) {
    demand_count(cell, "the rows of a cell");
    rows += cell;
    demand_count(rows, "the rows of all cells");
  }
  return rows;
}

std::vector<double> as_doubles(std::span<const std::int64_t> cells) {
  std::vector<double> values;
  values.reserve(cells.size());
  for (const std::int64_t cell : cells) values.push_back(static_cast<double>(cell));
  return values;
}

// A multinomial draw as one binomial draw a cell, each of what the cells before it left over.
void draw_cells(Random& random, std::span<const std::int64_t> cells, std::int64_t rows, std::span<double> drawn) {
  std::int64_t to_draw = rows;
  std::int64_t rows_left = rows;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const double share = rows_left > 0 ? static_cast<double>(cells[i]) / static_cast<double>(rows_left) : 0;
    const std::int64_t count = draw_binomial(random, to_draw, share);
    drawn[i] = static_cast<double>(count);
    to_draw -= count;
    rows_left -= cells[i];
  }
}

// Leaving out a row is the same for all rows of a cell.
std::vector<LeftOut> without_one_row(std::span<const std::int64_t> cells, const CellStatistic& statistic) {
  std::vector<double> counts = as_doubles(cells);
  std::vector<LeftOut> jackknife;
  for (double& count : counts) {
    if (!(count > 0)) continue;
    const double times = count;
    count -= 1;
    jackknife.push_back({.value = statistic(counts), .times = times});
    count = times;
  }
  return jackknife;
}

}  // namespace

Bootstrap bootstrap_cells(std::span<const std::int64_t> cells, const CellStatistic& statistic,
                          const BootstrapOptions& options) {
  const std::int64_t rows = rows_of(cells);
  demand_bootstrap(options, static_cast<std::size_t>(rows));
  const auto make = [cells, rows, &statistic] {
    return [cells, rows, &statistic, drawn = std::vector<double>(cells.size())](Random& random) mutable {
      draw_cells(random, cells, rows, drawn);
      return statistic(drawn);
    };
  };
  return bootstrap_of(
      statistic(as_doubles(cells)), rows, draw_replicates(options, make),
      [cells, &statistic] { return acceleration_of(without_one_row(cells, statistic)); }, options);
}

}  // namespace mlops::stats
