// Rows of a table that arrives piece by piece, as from a pipe, in memory that does not grow with it.
#pragma once

#include <memory>
#include <string_view>

#include <mlops/formats/table.hpp>

namespace mlops::formats {

class TableStream {
 public:
  // CSV or JSON Lines: without a format, the beginning tells which. Error{usage} for arrays.
  TableStream(TableOptions options, RowVisitor visitor);
  ~TableStream();
  TableStream(const TableStream&) = delete;
  TableStream& operator=(const TableStream&) = delete;

  // The visitor gets all rows that are complete by now. Error{usage} as of read_table.
  void feed(std::string_view bytes);
  // The visitor gets the last row, if it has no line end. False when the input ends within a row, which is left out:
  // JSON that does not end, quotes that never close, or fewer fields than there are columns.
  [[nodiscard]] bool finish();

  // Those that are known so far.
  [[nodiscard]] const Columns& columns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlops::formats
