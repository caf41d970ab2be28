// Rows of CSV, as RFC 4180 and Python's csv module have them.
#pragma once

#include <memory>
#include <string_view>

#include "table/table_rows.hpp"

namespace mlops::formats {

struct CsvHeader {
  char delimiter = ',';
  Columns columns;
  std::uint64_t end = 0;  // behind the first row, in the file
};

// Error{usage} when there is none.
CsvHeader read_csv_header(const ByteSource& source, const TableOptions& options);

std::unique_ptr<RowParser> make_csv_parser(std::string name, char delimiter, Columns columns);

}  // namespace mlops::formats
