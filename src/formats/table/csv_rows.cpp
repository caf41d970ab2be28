#include "table/csv_rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "table/table_chunks.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t longest_header_row = 16u << 20;
constexpr std::size_t most_columns = 65'536;

// Cuts one field after the other out of text that it rewrites where quotes are doubled.
class FieldCutter {
 public:
  FieldCutter(char* begin, char* end, char delimiter)
      : at_{begin}, end_{end}, delimiter_{delimiter}, delimiters_{ones * static_cast<unsigned char>(delimiter)} {
    for (const char c : {delimiter, '\n', '\r'}) ends_field_[static_cast<unsigned char>(c)] = true;
  }

  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] const char* position() const { return at_; }
  [[nodiscard]] bool is_unclosed() const { return is_unclosed_; }

  // Over line breaks, also those of lines with nothing on them.
  void skip_breaks() {
    while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) ++at_;
  }

  // The next field; `is_last` tells whether the row ends with it.
  std::string_view next(bool& is_last) {
    char* const begin = at_;
    std::string_view field;
    if (at_ != end_ && *at_ == '"') {
      field = quoted();
    } else {
      skip_plain();
      field = {begin, static_cast<std::size_t>(at_ - begin)};
    }
    is_last = at_ == end_ || *at_ != delimiter_;
    if (at_ != end_) ++at_;
    return field;
  }

 private:
  // Eight bytes at a time where the first byte of a word is its lowest.
  void skip_plain() {
    if constexpr (std::endian::native == std::endian::little) {
      for (; end_ - at_ >= 8; at_ += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at_, 8);
        const std::uint64_t ends = zeros_of(word ^ delimiters_) | zeros_of(word ^ newlines) | zeros_of(word ^ returns);
        if (ends == 0) continue;
        at_ += std::countr_zero(ends) / 8;
        return;
      }
    }
    while (at_ != end_ && !ends_field_[static_cast<unsigned char>(*at_)]) ++at_;
  }

  // The high bit of bytes that are zero; above the lowest of them perhaps others, too.
  static std::uint64_t zeros_of(std::uint64_t word) { return (word - ones) & ~word & (ones << 7); }

  void move_to(char*& to, char* from, char* until) {
    if (to != from) std::memmove(to, from, static_cast<std::size_t>(until - from));
    to += until - from;
  }

  std::string_view quoted() {
    char* const begin = ++at_;
    char* kept = begin;
    while (true) {
      char* const quote = static_cast<char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      if (quote == nullptr) {
        is_unclosed_ = true;
        at_ = end_;
        return {begin, static_cast<std::size_t>(kept - begin)};
      }
      const bool is_doubled = quote + 1 != end_ && quote[1] == '"';
      move_to(kept, at_, quote + (is_doubled ? 1 : 0));
      at_ = quote + (is_doubled ? 2 : 1);
      if (!is_doubled) break;
    }
    char* const plain = at_;
    skip_plain();
    move_to(kept, plain, at_);
    return {begin, static_cast<std::size_t>(kept - begin)};
  }

  static constexpr std::uint64_t ones = 0x0101010101010101;
  static constexpr std::uint64_t newlines = ones * '\n';
  static constexpr std::uint64_t returns = ones * '\r';

  char* at_;
  char* end_;
  char delimiter_;
  std::uint64_t delimiters_ = 0;
  std::array<bool, 256> ends_field_{};
  bool is_unclosed_ = false;
};

class CsvParser final : public RowParser {
 public:
  CsvParser(std::string name, char delimiter, Columns columns)
      : name_{std::move(name)},
        delimiter_{delimiter},
        columns_{std::move(columns)},
        buffer_{columns_.size(), RowBuffer::Rows::filled} {}

  ChunkFacts parse(Chunk& chunk, const RowVisitor& visitor) override {
    require_text(name_, chunk.bytes, chunk.offset);
    char* const begin = chunk.bytes.data();
    FieldCutter cutter{begin, begin + chunk.bytes.size(), delimiter_};
    ChunkFacts facts;
    buffer_.begin(chunk);
    for (cutter.skip_breaks(); !cutter.at_end(); cutter.skip_breaks()) {
      const auto row_begin = static_cast<std::uint64_t>(cutter.position() - begin);
      parse_row(cutter, facts);
      if (cutter.is_unclosed()) {
        fail_table(name_, "quotes that never close, in the row", chunk.offset + row_begin,
                   {"a quote inside a quoted field is written twice"});
      }
      buffer_.end_row(columns_, visitor);
    }
    facts.rows = buffer_.rows();
    buffer_.flush(columns_, visitor);
    return facts;
  }

  [[nodiscard]] const Columns& columns() const override { return columns_; }

 private:
  void parse_row(FieldCutter& cutter, ChunkFacts& facts) {
    std::size_t column = 0;
    for (bool is_last = false; !is_last; ++column) {
      const std::string_view field = cutter.next(is_last);
      if (column < columns_.size()) buffer_.set(column, plain_cell(field));
    }
    facts.short_rows += column < columns_.size() ? 1 : 0;
    facts.long_rows += column > columns_.size() ? 1 : 0;
    for (; column < columns_.size(); ++column) buffer_.set(column, {});
  }

  std::string name_;
  char delimiter_;
  Columns columns_;
  RowBuffer buffer_;
};

// The one that the first line has most of, outside quotes.
char shown_delimiter(std::string_view beginning) {
  constexpr std::string_view candidates = ",;\t|";
  std::array<std::size_t, candidates.size()> counts{};
  bool in_quotes = false;
  for (const char c : beginning) {
    if (c == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (c == '\n' || c == '\r') break;
    const std::size_t which = candidates.find(c);
    if (which != std::string_view::npos) ++counts.at(which);
  }
  return candidates[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

// No two alike, and none empty.
Columns told_apart(Columns columns) {
  std::set<std::string> taken;
  std::map<std::string, std::size_t> copies;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string name = columns[i].empty() ? fmt::format("column {}", i + 1) : columns[i];
    if (taken.contains(name)) {
      std::size_t& copy = copies[name];
      std::string numbered;
      do {
        numbered = fmt::format("{}.{}", name, ++copy);
      } while (taken.contains(numbered));
      name = std::move(numbered);
    }
    taken.insert(name);
    columns[i] = std::move(name);
  }
  return columns;
}

// Bytes before the text, after refusing the marks of other encodings.
std::uint64_t mark_length(const std::string& name, std::string_view beginning) {
  if (beginning.starts_with("\xFF\xFE") || beginning.starts_with("\xFE\xFF")) {
    throw Error{ErrorKind::usage,
                fmt::format("{} is UTF-16, not UTF-8", printable(name)),
                {"convert it with `iconv -f utf-16 -t utf-8`"}};
  }
  return beginning.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

}  // namespace

CsvHeader read_csv_header(const ByteSource& source, const TableOptions& options) {
  std::string bytes;
  std::size_t complete = 0;
  CsvHeader header;
  std::uint64_t begin = 0;
  for (std::size_t wanted = 64u << 10; complete == 0; wanted *= 2) {
    bytes = read_bytes(source, 0, wanted);
    begin = mark_length(options.name, bytes);
    while (begin < bytes.size() && (bytes[begin] == '\n' || bytes[begin] == '\r')) ++begin;
    const std::string_view text = std::string_view{bytes}.substr(begin);
    const bool is_tabs = lower_ascii(options.name).ends_with(".tsv");
    header.delimiter = options.delimiter.value_or(is_tabs ? '\t' : shown_delimiter(text));
    complete = bytes.size() < wanted ? text.size() : complete_rows(text, header.delimiter);
    if (text.empty())
      throw Error{ErrorKind::usage, fmt::format("{} is empty: it has no header", printable(options.name))};
    if (complete == 0 && bytes.size() > longest_header_row) {
      throw Error{ErrorKind::usage, fmt::format("{} has no header: its first row has no end", printable(options.name))};
    }
  }
  FieldCutter cutter{bytes.data() + begin, bytes.data() + begin + complete, header.delimiter};
  for (bool is_last = false; !is_last;) {
    header.columns.emplace_back(cutter.next(is_last));
    if (header.columns.size() > most_columns) {
      throw Error{ErrorKind::usage, fmt::format("{} has more than {} columns", printable(options.name), most_columns)};
    }
  }
  header.end = static_cast<std::uint64_t>(cutter.position() - bytes.data());
  if (cutter.is_unclosed()) fail_table(options.name, "quotes that never close, in the header", begin);
  for (const std::string& name : header.columns) require_text(options.name, name, begin);
  header.columns = told_apart(std::move(header.columns));
  return header;
}

std::unique_ptr<RowParser> make_csv_parser(std::string name, char delimiter, Columns columns) {
  return std::make_unique<CsvParser>(std::move(name), delimiter, std::move(columns));
}

}  // namespace mlops::formats
