// Rows and columns of a file that others wrote, in one pass and bounded memory: CSV, JSON Lines, NumPy arrays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

enum class TableFormat : std::uint8_t { csv, json_lines, npy };
std::string_view name_of(TableFormat format);  // "csv", "jsonl", "npy"
std::optional<TableFormat> table_format_named(std::string_view name);

struct TableOptions {
  std::string name;  // of the file: its ending tells the format, and errors begin with it
  std::optional<TableFormat> format = std::nullopt;
  std::optional<char> delimiter =
      std::nullopt;  // of CSV; without it, the one of `,` `;` tab `|` that the first row shows
};

// How to read a cell: CSV and the numbers of JSON tell by their text what they are, a text of JSON never is a number.
enum class CellKind : std::uint8_t { missing, plain, text };

// The text stays valid as long as the visitor runs.
struct Cell {
  std::string_view text;
  CellKind kind = CellKind::missing;
};

using Columns = std::vector<std::string>;

// Some rows that follow each other, by column: `columns[c][r]`. In JSON Lines a key that turns up late makes a new
// column at the end, and the rows before it don't have it.
struct RowBatch {
  std::size_t chunk = 0;         // the part of the file that they are in, see TableFacts::row_number
  std::size_t row_in_chunk = 0;  // of the first
  std::size_t rows = 0;
  std::span<const std::vector<Cell>> columns;  // each as long as `rows`
};

struct TableFacts {
  TableFormat format = TableFormat::csv;
  char delimiter = 0;  // of CSV
  Columns columns;
  std::uint64_t rows = 0;                   // without the header
  std::uint64_t short_rows = 0;             // of CSV, with fewer fields than the header: the others are missing
  std::uint64_t long_rows = 0;              // with more: what is beyond is left out
  std::vector<std::uint64_t> chunk_begins;  // rows before each chunk

  // Counted from 1, the header aside.
  [[nodiscard]] std::uint64_t row_number(std::size_t chunk, std::size_t row_in_chunk) const {
    return chunk_begins.at(chunk) + row_in_chunk + 1;
  }
};

using RowVisitor = std::function<void(const Columns& columns, const RowBatch& batch)>;

// Hands every row to the visitor, in order. UTF-8 with or without a byte order mark; lines that are empty are no rows.
// A cell is missing when it is blank or one of the words that pandas takes for none (is_missing_word). Columns without
// a name are called "column N", and of equal names all but the first get ".1", ".2" …
// Error{usage}, with the byte where it is: another encoding, quotes that never close, a line that is no JSON object, a
// row of more than 256 MiB, an array of objects.
TableFacts read_table(const ByteSource& source, const TableOptions& options, const RowVisitor& visitor);

// The same on one thread for each visitor. Which visitor gets which rows depends on the file and their number only, not
// on the machine, and each gets its rows in order.
TableFacts read_table(const ByteSource& source, const TableOptions& options, std::span<const RowVisitor> visitors);

// The columns alone. Of CSV and NPY the beginning tells them; all of JSON Lines has to be read, unless its first few
// thousand lines will do.
enum class LookAt : std::uint8_t { all, beginning };
Columns table_columns(const ByteSource& source, const TableOptions& options, LookAt look = LookAt::all);

// "", "NA", "N/A", "NaN", "null", "None" and the like: the words of pandas' read_csv.
[[nodiscard]] bool is_missing_word(std::string_view text);

// Texts one behind the other, which takes a quarter of the memory of as many strings.
class Texts {
 public:
  void push_back(std::string_view text);
  void resize(std::size_t count);  // new ones are ""
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  // Valid until the next one is added.
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, static_cast<std::size_t>(ends_[i] - begin)};
  }

 private:
  std::string bytes_;
  std::vector<std::uint64_t> ends_;
};

// A column in memory.
struct LoadedColumn {
  std::string name;
  Texts texts;  // "" where it is missing
  std::vector<bool> missing;
  bool is_text = false;  // some of it are texts of JSON
  // All as numbers: NaN where one is missing. Error{usage} that names the first row that is none, unless it is
  // "true" (1) or "false" (0).
  [[nodiscard]] std::vector<double> numbers() const;
};

struct Table {
  std::string source;
  std::uint64_t rows = 0;
  std::vector<LoadedColumn> columns;
  Columns names;  // of all columns in the file, also of those that were not wanted
  [[nodiscard]] const LoadedColumn* find(std::string_view name) const;
  // Error{usage} with the near miss when there is none.
  [[nodiscard]] const LoadedColumn& at(std::string_view name) const;
};

struct TableLimits {
  std::vector<std::string> columns = {};         // only these; empty: all. Error{usage} when one is not there
  bool may_lack = false;                         // unless they may be absent
  std::uint64_t rows = 100'000'000;              // Error{usage} beyond
  std::uint64_t bytes = std::uint64_t{8} << 30;  // of the texts kept
};

// A file of predictions or the like as a whole.
Table load_table(const std::filesystem::path& path, const TableLimits& limits = {}, TableOptions options = {});
Table load_table(const ByteSource& source, const TableOptions& options, const TableLimits& limits = {});

}  // namespace mlops::formats
