// What is kept of a table so that others can be held against it without it: the bins of each column, and the counts in
// them. It takes as much memory for 10^9 rows as for a million.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mlops/formats/table.hpp>
#include <mlops/stats/bins.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::app {

struct FrozenColumn {
  std::string name;
  bool names_rows = false;  // nearly every row has another text: nothing to compare
  stats::Histogram counts;  // of numbers, or of texts
  double deviation = 0;     // of numbers: the standard deviation of all of them, with n in the denominator
};

struct FrozenReference {
  std::uint64_t rows = 0;
  std::vector<FrozenColumn> columns;
  [[nodiscard]] const FrozenColumn* find(std::string_view name) const;
};

// Reads the table twice: for its bins, and for the exact counts in them. Bins of numbers are cut at quantiles that are
// estimated beyond 4,096 values (QuantileSketch); of texts the 1,024 most frequent have a bin each.
FrozenReference freeze_table(const ByteSource& source, const formats::TableOptions& options);

// Another table, counted into these bins in one pass; columns that the reference lacks are among `others`.
struct CountedTable {
  std::uint64_t rows = 0;
  std::vector<std::pair<std::string, stats::Histogram>> columns;
  std::vector<std::string> others;
  [[nodiscard]] const stats::Histogram* find(std::string_view name) const;
};
CountedTable count_into(const FrozenReference& reference, const ByteSource& source,
                        const formats::TableOptions& options);

}  // namespace mlops::app
