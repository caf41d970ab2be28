// How often each class occurs in the column that a model learns.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <mlops/formats/table.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::app {

using ClassCounts = std::map<std::string, std::uint64_t, std::less<>>;

// Adds the column's cells that are not missing. Error{usage} beyond 10,000 classes: then it is hardly a label.
void count_classes(const formats::Columns& columns, const formats::RowBatch& batch, const std::string& label,
                   ClassCounts& classes);

std::uint64_t total(const ClassCounts& classes);

// Of a whole table. Error{usage} with the near miss when it has no such column.
struct ClassTable {
  ClassCounts classes;
  std::map<std::string, std::uint64_t, std::less<>> first_rows;  // of each class, counted from 1, the header aside
};
ClassTable read_classes(const ByteSource& bytes, const formats::TableOptions& options, const std::string& label);

// Error{usage} with the near miss when the table has no such column.
void require_column(const formats::Columns& columns, const std::string& column, const std::string& table);

}  // namespace mlops::app
