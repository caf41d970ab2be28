// The interval of any statistic by drawing the sample anew, thousands of times.
//
// The same seed gives the same interval on every machine and for every number of threads. A statistic is called from
// several threads at once, and so must not change anything; one that a replicate leaves undefined (no positive row was
// drawn) answers NaN. Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), 13.3 and 14.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <mlops/stats/interval.hpp>

namespace mlops::stats {

enum class BootstrapInterval {
  percentile,  // quantiles of the replicates
  bca,         // bias-corrected and accelerated: other quantiles, where the statistic is biased or its spread changes
};

struct BootstrapOptions {
  std::int64_t replicates = 10'000;  // 1 to 10^7
  double confidence = 0.95;
  BootstrapInterval interval = BootstrapInterval::bca;
  // Wider, as Student's t is wider than the normal distribution: of a few rows or clusters the replicates vary less
  // than they should, and 95 % become 90 with 15 of them. Source: Hesterberg, "What Teachers Should Know About the
  // Bootstrap" (2015), the expanded percentile interval.
  bool expanded = false;
  double null_value = 0;  // the true value that p is of
  std::uint64_t seed = 0;
  unsigned threads = 0;  // 0: as many as the machine has
};

struct Bootstrap {
  Estimate estimate;          // the statistic of the sample itself; count is that of rows or clusters drawn
  double standard_error = 0;  // the deviation of the replicates
  double bias = 0;            // their mean less the statistic
  double p_value = 1;         // two-sided, of the null value: the level at which the interval would end there
  std::int64_t replicates = 0;
  std::int64_t undefined = 0;  // replicates that had no finite value, left out
  // BCa falls back to percentiles where its corrections don't exist: all replicates on one side of the statistic, or a
  // statistic that leaving out one row makes undefined.
  BootstrapInterval interval = BootstrapInterval::percentile;
};
// The interval is unknown, with infinite ends, for a statistic that is not finite, for fewer than two rows or clusters,
// and where more than one replicate in twenty is undefined. Where all replicates are equal it has no width: then
// nothing in the sample says how the statistic varies. p is 1 where the interval is unknown, and never below
// 2 / (replicates + 1), for so many can't tell less.
// Error{usage}: an empty sample, options outside of what they allow.

// Rows that fall into cells, such as truth x champion's prediction x challenger's: cells[i] of them in cell i. A draw
// of rows is a multinomial draw of cells, whatever the number of rows; so this is the bootstrap of rows for every
// statistic that is a function of the counts, in a time that does not grow with them.
using CellStatistic = std::function<double(std::span<const double> cells)>;
Bootstrap bootstrap_cells(std::span<const std::int64_t> cells, const CellStatistic& statistic,
                          const BootstrapOptions& options = {});

// Units (rows, or clusters) of `width` figures each, one unit after another, for statistics that are a function of the
// sums of the figures of all units: weighted means, or the cells of each cluster.
struct Units {
  std::span<const double> figures;
  std::size_t width = 1;
};
Bootstrap bootstrap_sums(const Units& units, const CellStatistic& statistic, const BootstrapOptions& options = {});

// The mean of all rows, drawn by clusters: cluster_of[i] names the cluster of row i, by any numbers.
Bootstrap bootstrap_cluster_mean(std::span<const double> values, std::span<const std::uint64_t> cluster_of,
                                 const BootstrapOptions& options = {});

// Any statistic of drawn rows, given by their places below `rows`, some of them several times. The general and slow
// way. BCa leaves out one row at a time, or one of 200 random parts of the sample where it has more rows.
using RowStatistic = std::function<double(std::span<const std::size_t> rows)>;
Bootstrap bootstrap_rows(std::size_t rows, const RowStatistic& statistic, const BootstrapOptions& options = {});

// The same, by clusters: rows of a cluster come and stay away together.
Bootstrap bootstrap_clusters(std::span<const std::uint64_t> cluster_of, const RowStatistic& statistic,
                             const BootstrapOptions& options = {});

}  // namespace mlops::stats
