#include <mlops/formats/table.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "table/csv_rows.hpp"
#include "table/json_rows.hpp"
#include "table/npy_rows.hpp"
#include "table/table_chunks.hpp"
#include "table/table_crew.hpp"

namespace mlops::formats {

namespace {

constexpr auto format_names = std::to_array<std::string_view>({"csv", "jsonl", "npy"});

TableFormat table_format_of(const ByteSource& source, const TableOptions& options) {
  if (options.format) return *options.format;
  const std::string name = lower_ascii(options.name);
  const auto ends_with_any = [&](std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
  };
  if (ends_with_any({".csv", ".tsv", ".txt"})) return TableFormat::csv;
  if (ends_with_any({".jsonl", ".ndjson", ".jsonlines"})) return TableFormat::json_lines;
  const std::string beginning = read_bytes(source, 0, 64);
  if (beginning.starts_with("\x93NUMPY")) return TableFormat::npy;
  if (trim(beginning).starts_with('{')) return TableFormat::json_lines;
  if (ends_with_any({".parquet", ".feather", ".arrow", ".xlsx", ".gz", ".zip", ".json", ".npz"})) {
    throw Error{ErrorKind::usage,
                fmt::format("{} is not read as a table", printable(options.name)),
                {"tables are CSV, TSV, JSON Lines or NPY: convert it first"}};
  }
  return TableFormat::csv;
}

// What is needed to read one file: where its chunks come from, and a parser for each thread.
struct TableReading {
  std::unique_ptr<ChunkSource> chunks;
  std::vector<std::unique_ptr<RowParser>> parsers;
};

TableReading begin_reading(const ByteSource& source, const TableOptions& options, std::size_t threads,
                           TableFacts& facts) {
  TableReading reading;
  facts.format = table_format_of(source, options);
  if (facts.format == TableFormat::npy) {
    const NpyTable table = read_npy_table(source, options.name);
    reading.chunks = make_npy_chunks(source, table);
    for (std::size_t i = 0; i < threads; ++i) reading.parsers.push_back(make_npy_parser(table));
  } else if (facts.format == TableFormat::json_lines) {
    const std::uint64_t begin = read_bytes(source, 0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
    reading.chunks = make_text_chunks(source, {.name = options.name, .begin = begin});
    for (std::size_t i = 0; i < threads; ++i) reading.parsers.push_back(make_json_parser(options.name));
  } else {
    CsvHeader header = read_csv_header(source, options);
    facts.delimiter = header.delimiter;
    reading.chunks =
        make_text_chunks(source, {.name = options.name, .begin = header.end, .delimiter = header.delimiter});
    for (std::size_t i = 0; i < threads; ++i) {
      reading.parsers.push_back(make_csv_parser(options.name, header.delimiter, header.columns));
    }
  }
  return reading;
}

// In JSON Lines each thread has met the keys of its own lines.
Columns all_columns(const std::vector<std::unique_ptr<RowParser>>& parsers) {
  Columns columns = parsers.front()->columns();
  for (std::size_t i = 1; i < parsers.size(); ++i) {
    if (parsers[i]->columns() == columns) continue;
    for (const std::string& name : parsers[i]->columns()) {
      if (std::ranges::find(columns, name) == columns.end()) columns.push_back(name);
    }
  }
  return columns;
}

}  // namespace

std::string_view name_of(TableFormat format) { return format_names.at(static_cast<std::size_t>(format)); }

std::optional<TableFormat> table_format_named(std::string_view name) {
  if (name == "tsv") return TableFormat::csv;
  for (std::size_t i = 0; i < format_names.size(); ++i) {
    if (format_names.at(i) == name) return static_cast<TableFormat>(i);
  }
  return std::nullopt;
}

bool is_missing_word(std::string_view text) {
  constexpr std::size_t longest_word = 8;
  if (text.empty() || text.front() == ' ') return trim(text).empty();
  if (text.size() > longest_word) return false;
  switch (text.front()) {
    case 'N':
      return text == "NA" || text == "NaN" || text == "NULL" || text == "N/A" || text == "None";
    case 'n':
      return text == "nan" || text == "null" || text == "n/a";
    case '-':
      return text == "-NaN" || text == "-nan";
    case '#':
      return text == "#N/A" || text == "#NA" || text == "#N/A N/A";
    case '<':
      return text == "<NA>";
    default:
      return false;
  }
}

TableFacts read_table(const ByteSource& source, const TableOptions& options, std::span<const RowVisitor> visitors) {
  TableFacts facts;
  const TableReading reading = begin_reading(source, options, visitors.size(), facts);
  const CrewResult result = read_chunks(*reading.chunks, reading.parsers, visitors);
  for (const ChunkFacts& chunk : result.chunks) {
    facts.chunk_begins.push_back(facts.rows);
    facts.rows += chunk.rows;
    facts.short_rows += chunk.short_rows;
    facts.long_rows += chunk.long_rows;
  }
  facts.columns = all_columns(reading.parsers);
  return facts;
}

TableFacts read_table(const ByteSource& source, const TableOptions& options, const RowVisitor& visitor) {
  return read_table(source, options, std::span{&visitor, 1});
}

Columns table_columns(const ByteSource& source, const TableOptions& options, LookAt look) {
  TableFacts facts;
  const TableReading reading = begin_reading(source, options, 1, facts);
  const RowVisitor nobody = [](const Columns&, const RowBatch&) {};
  RowParser& parser = *reading.parsers.front();
  if (facts.format != TableFormat::json_lines) return parser.columns();
  while (auto chunk = reading.chunks->next()) {
    static_cast<void>(parser.parse(*chunk, nobody));
    if (look == LookAt::beginning) break;
  }
  return parser.columns();
}

}  // namespace mlops::formats
