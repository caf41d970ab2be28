// Comma-separated values (RFC 4180 and its habits): counting rows and naming columns in one bounded pass.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <mlops/domain/records.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

struct CsvSummary {
  std::int64_t rows = 0;  // without the header
  std::vector<domain::ColumnSummary> columns;
};

// Summary of a file named *.csv or *.tsv whose first row is a header; nullopt when it is not such a file or can't be
// read as one. Reads the whole file in constant memory. A column is "integer" or "number" or "boolean" when every value
// that is not empty is one, "empty" when none has a value, else "text".
std::optional<CsvSummary> summarise_csv(const std::filesystem::path& path);
// The same of bytes from anywhere, whose fields are separated by tabs or by what the first row shows.
std::optional<CsvSummary> summarise_csv(const ByteSource& source, bool is_tab_separated);

}  // namespace mlops::formats
