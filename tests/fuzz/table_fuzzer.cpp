// A table in CSV, JSON Lines or NPY: read as each of them, and CSV in two parts as well.
#include "fuzzing.hpp"

#include <mlops/formats/table.hpp>
#include <mlops/formats/table_value.hpp>
#include <mlops/support/error.hpp>

#include "table/csv_rows.hpp"
#include "table/table_chunks.hpp"

namespace {

using namespace mlops;
using namespace mlops::formats;

void read_as(std::string_view text, TableFormat format) {
  const MemorySource source{text};
  std::uint64_t rows = 0;
  try {
    const auto facts =
        read_table(source, {.name = "t", .format = format}, [&](const Columns& columns, const RowBatch& batch) {
          fuzzing::require(columns.size() == batch.columns.size());
          for (const auto& column : batch.columns) {
            fuzzing::require(column.size() == batch.rows);
            for (const Cell& cell : column) static_cast<void>(value_of(cell));
          }
          rows += batch.rows;
        });
    fuzzing::require(facts.rows == rows);
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::usage);
  }
}

std::uint64_t rows_of(std::string_view text) {
  const auto parser = make_csv_parser("t", ',', {"a", "b"});
  Chunk chunk{.bytes = std::string{text}};
  return parser->parse(chunk, [](const Columns&, const RowBatch&) {}).rows;
}

// Where the text is cut between rows must not matter.
void cut_in_two(std::string_view text) {
  const std::size_t cut = complete_rows(text.substr(0, text.size() / 2), ',');
  try {
    const std::uint64_t whole = rows_of(text);
    fuzzing::require(whole == rows_of(text.substr(0, cut)) + rows_of(text.substr(cut)));
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::usage);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  for (const TableFormat format : {TableFormat::csv, TableFormat::json_lines, TableFormat::npy}) read_as(text, format);
  cut_in_two(text);
  return 0;
}
