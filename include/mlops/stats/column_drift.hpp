// Has a column changed between the reference and the current data, and have enough columns changed for the data to
// count as another?
//
// What is asked depends on the column's type and on the rows of the reference:
//
//   reference      numbers                                      categories
//   > 1,000 rows   Wasserstein distance / reference's std 0.1   Jensen-Shannon distance (nats) 0.1
//                  PSI over ten bins of equal mass 0.2          largest change of a share (L-infinity) 0.1
//   <= 1,000 rows  p of Kolmogorov-Smirnov, 0.05                p of chi-square for homogeneity, 0.05
//
// A p-value of many rows tells how many they are, not whether they changed; so it is left to small references, and
// never taken from binned numbers. A distance of few rows is large without any change; so each distance comes with the
// bound that 95 of 100 unchanged samples of these sizes stay below. At or above the threshold but not above that bound,
// a column is inconclusive: there are too few rows to tell.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/stats/bins.hpp>
#include <mlops/stats/interval.hpp>

namespace mlops::stats {

enum class DriftStatistic { wasserstein, psi, jensen_shannon, l_infinity, kolmogorov_smirnov, chi_square };
std::string_view name_of(DriftStatistic statistic);  // "wasserstein", "psi", "jensen_shannon", …

enum class Drift { no, yes, inconclusive };
std::string_view name_of(Drift drift);  // "no", "yes", "inconclusive"

enum class ColumnKind { number, category };

struct DriftRules {
  double wasserstein = 0.1;
  double psi = 0.2;
  double jensen_shannon = 0.1;
  double l_infinity = 0.1;
  double significance = 0.05;            // p-values at most this are drift
  double share_of_columns = 0.5;         // from which the data has drifted
  std::uint64_t small_reference = 1000;  // rows up to which p-values decide
  std::uint64_t fewest_rows = 30;        // with fewer values on either side nothing is said
  std::size_t psi_bins = 10;
  double psi_floor = 1e-4;
};

// The statistics that are asked, most telling first. `is_binned`: only counts in bins are known of the column.
// `reference_rows` counts the values of a column of numbers, and all rows of one of categories.
std::vector<DriftStatistic> default_statistics(ColumnKind kind, std::uint64_t reference_rows, bool is_binned,
                                               const DriftRules& rules = {});

// The bin or category whose share changed most, and its shares.
struct LargestChange {
  std::string name;
  double reference = 0;
  double current = 0;
};

struct DriftFigure {
  DriftStatistic statistic = DriftStatistic::psi;
  double value = 0;         // the middle of `bounds` where only they are known; may be infinite
  Interval bounds;          // both the value, where it is exact
  double threshold = 0;     // for the value, or for p where there is one
  double null_bound = 0;    // what sampling alone stays below; 0 where p takes its place
  std::optional<double> p;  // of the statistic; lowered significance for many columns is dataset_drift's business
  std::optional<double> adjusted_p;  // set by dataset_drift
  Drift drift = Drift::no;
};

struct ColumnDrift {
  std::string column;
  ColumnKind kind = ColumnKind::number;
  std::uint64_t reference_rows = 0;  // all of them, missing values included
  std::uint64_t current_rows = 0;
  Drift drift = Drift::no;                      // yes when one figure says yes; else inconclusive when one does
  std::string reason;                           // why it is inconclusive; else ""
  std::vector<DriftFigure> figures;             // without those that there are too few values for
  std::optional<LargestChange> largest_change;  // nullopt without rows on one side
};

// From the values themselves; NaN stands for a missing value, and has no part but in PSI, as a bin. (How many values
// are missing is better asked of the data's schema; with a small reference it is not asked here.) Values are binned
// with the reference's quantiles for PSI and for the largest change.
ColumnDrift number_drift(std::string column, std::span<const double> reference, std::span<const double> current,
                         const DriftRules& rules = {});

// From counts in the reference's bins, such as a stored profile has. `reference_deviation` is the standard deviation of
// the reference, from 0. Wasserstein is then known between bounds only, and inconclusive when the threshold lies
// between them.
ColumnDrift number_drift(std::string column, const Histogram& reference, const Histogram& current,
                         double reference_deviation, const DriftRules& rules = {});

// From how often each category occurs; one that is missing on a side has 0 there.
ColumnDrift category_drift(std::string column, const TextCounts& reference, const TextCounts& current,
                           const DriftRules& rules = {});
// From counts in the same bins of texts. A missing value is a category of its own.
ColumnDrift category_drift(std::string column, const Histogram& reference, const Histogram& current,
                           const DriftRules& rules = {});

struct DatasetDrift {
  std::vector<ColumnDrift> columns;
  std::size_t drifted = 0;
  std::size_t inconclusive = 0;
  double share = 0;         // drifted / all columns; 0 without columns
  double threshold = 0;     // of the share
  Drift drift = Drift::no;  // inconclusive when the columns that are so could decide it
};
// Many columns make some p-values small by chance: they are adjusted by Benjamini and Hochberg, "Controlling the False
// Discovery Rate" (1995), over all columns that have one, and those columns are judged again.
DatasetDrift dataset_drift(std::vector<ColumnDrift> columns, const DriftRules& rules = {});

// What the Wasserstein distance of n and m rows from the reference's distribution stays below in 95 of 100 draws: the
// area under a Brownian bridge's absolute value along the distribution, scaled by sqrt(1/n + 1/m), whose mean and
// variance are exact for the binned distribution and whose 95 % point is that of a gamma distribution with them.
double wasserstein_null_bound(const Histogram& reference, std::uint64_t current_rows);

}  // namespace mlops::stats
