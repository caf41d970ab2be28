// A table counted into the bins of a reference: what monitoring keeps of a batch instead of its rows.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/formats/table.hpp>
#include <mlops/stats/bins.hpp>

#include "frozen_reference.hpp"

namespace mlops::app {

// Of one column of the reference.
struct ColumnCounts {
  stats::Histogram counts;
  bool is_there = false;            // false: the table has no such column
  std::uint64_t missing = 0;        // blank cells
  std::uint64_t unfit = 0;          // in a column of numbers: texts, and numbers without an end
  std::vector<std::string> unseen;  // a few of the texts that have no bin, first by their bytes
  friend bool operator==(const ColumnCounts&, const ColumnCounts&) = default;
};

struct BatchCounts {
  std::uint64_t rows = 0;
  std::vector<ColumnCounts> columns;  // one for each of the reference's, in its order
  std::vector<std::string> others;    // columns that the reference lacks
  friend bool operator==(const BatchCounts&, const BatchCounts&) = default;
};

inline constexpr std::size_t most_unseen = 3;

// Counts rows as they come. Used by one thread; the counts of several are added up.
class BatchCounter {
 public:
  // It must outlive the counter.
  explicit BatchCounter(const FrozenReference& reference);

  void take(const formats::Columns& names, const formats::RowBatch& batch) { take(names, batch, 0, batch.rows); }
  // Only the rows of the batch from `begin` up to `end`.
  void take(const formats::Columns& names, const formats::RowBatch& batch, std::size_t begin, std::size_t end);
  void merge(const BatchCounter& other);
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  // What was counted, of a table with these columns; rows before the first that has a column lack it.
  [[nodiscard]] BatchCounts counts(const formats::Columns& columns) const;

 private:
  static constexpr std::size_t not_there = static_cast<std::size_t>(-1);
  void find_places(const formats::Columns& names);
  void add_numbers(std::span<const formats::Cell> cells, ColumnCounts& column);
  static void add_texts(std::span<const formats::Cell> cells, const FrozenColumn& reference, ColumnCounts& column);

  const FrozenReference& reference_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<std::size_t> places_;  // of the table's columns among the reference's
  std::vector<ColumnCounts> columns_;
  std::uint64_t rows_ = 0;
  std::vector<double> numbers_;
};

BatchCounts count_batch(const FrozenReference& reference, const ByteSource& source,
                        const formats::TableOptions& options);

// As `dataset drift` compares them.
CountedTable counted_table(const FrozenReference& reference, BatchCounts counts);

// A few bytes for each bin: docs/formats.md.
std::vector<std::uint8_t> packed(const BatchCounts& counts);
// Error{integrity} for bytes that are no counts in the bins of this reference.
BatchCounts unpacked(const FrozenReference& reference, std::span<const std::uint8_t> bytes);

}  // namespace mlops::app
