#include "table/table_rows.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "utf8_check.hpp"

namespace mlops::formats {

namespace {

// So many cells stay in the caches of a core until the visitor comes to them.
constexpr std::size_t cells_at_once = 1u << 15;
constexpr std::size_t most_cells = 4 * cells_at_once;
constexpr std::size_t most_rows_at_once = 4096;
constexpr std::size_t fewest_rows_at_once = 16;

// Where the text stops being ASCII, eight bytes at a time.
std::size_t ascii_length(std::string_view text, std::size_t at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & high_bits) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

void RowBuffer::begin(const Chunk& chunk) {
  chunk_ = chunk.number;
  before_ = 0;
  const std::size_t wanted = cells_at_once / std::max<std::size_t>(cells_.size(), 1);
  capacity_ = std::clamp(wanted, fewest_rows_at_once, most_rows_at_once);
  for (auto& column : cells_) column.resize(capacity_);
  clear();
}

void RowBuffer::add_column(const Columns& columns, const RowVisitor& visitor) {
  if (cells_.size() * capacity_ > most_cells && capacity_ > fewest_rows_at_once) {
    std::vector<Cell> row;
    for (const auto& column : cells_) row.push_back(column[rows_]);
    flush(columns, visitor);
    capacity_ = std::max(fewest_rows_at_once, capacity_ / 2);
    for (std::size_t i = 0; i < row.size(); ++i) cells_[i][0] = row[i];
  }
  cells_.emplace_back(capacity_);
}

void RowBuffer::clear() {
  rows_ = 0;
  if (!is_sparse_) return;
  for (auto& column : cells_) std::ranges::fill(column, Cell{});
}

void RowBuffer::flush(const Columns& columns, const RowVisitor& visitor) {
  if (rows_ == 0) return;
  for (auto& column : cells_) column.resize(rows_);
  visitor(columns, {.chunk = chunk_, .row_in_chunk = before_, .rows = rows_, .columns = cells_});
  for (auto& column : cells_) column.resize(capacity_);
  before_ += rows_;
  clear();
}

void fail_table(const std::string& name, std::string_view what, std::uint64_t offset, std::vector<std::string> hints) {
  throw Error{ErrorKind::usage, fmt::format("{}: {} at byte {}", printable(name), what, offset), std::move(hints)};
}

void require_text(const std::string& name, std::string_view bytes, std::uint64_t offset) {
  const std::size_t zero = bytes.find('\0');
  if (zero != std::string_view::npos) {
    fail_table(name, "a zero byte, so it is no text in UTF-8", offset + zero,
               {"`iconv -f utf-16 -t utf-8` converts a file that Windows wrote as \"Unicode\""});
  }
  for (std::size_t at = ascii_length(bytes, 0); at < bytes.size(); at = ascii_length(bytes, at)) {
    Utf8Check check;
    const std::size_t begin = at;
    bool is_valid = true;
    do {
      is_valid = check.feed(bytes.substr(at, 1));
      ++at;
    } while (is_valid && !check.complete() && at < bytes.size());
    if (is_valid && check.complete()) continue;
    fail_table(name, "not UTF-8", offset + begin,
               {"its encoding is not guessed: convert it, such as with `iconv -f latin1 -t utf-8`"});
  }
}

}  // namespace mlops::formats
