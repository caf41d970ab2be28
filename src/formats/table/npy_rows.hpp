// Rows of a NumPy array: each element of the first axis is one.
#pragma once

#include <memory>
#include <string>

#include "npy/npy_header.hpp"
#include "table/table_rows.hpp"

namespace mlops::formats {

// Of booleans, integers or floating-point numbers, with one or two axes. The columns are called "0", "1" …
struct NpyTable {
  NpyHeader header;
  Columns columns;
  std::uint64_t rows = 0;
};

// Error{usage} for other arrays, and for files that are damaged.
NpyTable read_npy_table(const ByteSource& source, const std::string& name);

// Chunks are the rows one after the other, or in Fortran's order the columns.
std::unique_ptr<ChunkSource> make_npy_chunks(const ByteSource& source, const NpyTable& table);
std::unique_ptr<RowParser> make_npy_parser(NpyTable table);

}  // namespace mlops::formats
