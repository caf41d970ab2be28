// The parts in which a table is read: pieces of the file that begin and end between rows, and what makes rows of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/formats/table.hpp>

namespace mlops::formats {

struct Chunk {
  std::size_t number = 0;
  std::uint64_t offset = 0;  // of its first byte in the file
  std::string bytes;
};

// Cuts a file into chunks, in order. Used by one thread at a time.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  virtual std::optional<Chunk> next() = 0;
};

struct ChunkFacts {
  std::uint64_t rows = 0;
  std::uint64_t short_rows = 0;
  std::uint64_t long_rows = 0;
};

// Makes rows of chunks; each thread has its own. A chunk's bytes are rewritten in their place where they are escaped.
class RowParser {
 public:
  virtual ~RowParser() = default;
  virtual ChunkFacts parse(Chunk& chunk, const RowVisitor& visitor) = 0;
  [[nodiscard]] virtual const Columns& columns() const = 0;
};

// Rows on their way to the visitor, by column.
class RowBuffer {
 public:
  enum class Rows : std::uint8_t {
    filled,  // the parser sets every cell
    sparse,  // cells that it does not set are missing
  };
  RowBuffer(std::size_t columns, Rows rows) : cells_(columns), is_sparse_{rows == Rows::sparse} {}

  void begin(const Chunk& chunk);
  // Also in the middle of a row. Hands on what came before it when the rows would take too much room.
  void add_column(const Columns& columns, const RowVisitor& visitor);
  void set(std::size_t column, Cell cell) { cells_[column][rows_] = cell; }
  [[nodiscard]] const Cell& get(std::size_t column) const { return cells_[column][rows_]; }
  [[nodiscard]] std::size_t width() const { return cells_.size(); }
  // The row is complete.
  void end_row(const Columns& columns, const RowVisitor& visitor) {
    if (++rows_ == capacity_) flush(columns, visitor);
  }
  void flush(const Columns& columns, const RowVisitor& visitor);
  [[nodiscard]] std::uint64_t rows() const { return before_ + rows_; }  // of the chunk so far

 private:
  void clear();

  std::vector<std::vector<Cell>> cells_;
  bool is_sparse_;
  std::size_t chunk_ = 0;
  std::size_t before_ = 0;  // rows of the chunk that were handed on
  std::size_t rows_ = 0;
  std::size_t capacity_ = 0;
};

// Error{usage} "NAME: WHAT at byte N".
[[noreturn]] void fail_table(const std::string& name, std::string_view what, std::uint64_t offset,
                             std::vector<std::string> hints = {});

// Error{usage} unless the bytes are UTF-8 without zeros.
void require_text(const std::string& name, std::string_view bytes, std::uint64_t offset);

// A cell of CSV: missing when it is blank or a word for it.
[[nodiscard]] inline Cell plain_cell(std::string_view text) {
  return {text, is_missing_word(text) ? CellKind::missing : CellKind::plain};
}

}  // namespace mlops::formats
