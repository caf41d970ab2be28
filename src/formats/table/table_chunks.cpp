#include "table/table_chunks.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace mlops::formats {

namespace {

constexpr auto none = std::string_view::npos;

// Behind the last line break; 0 without one. A carriage return alone ends lines of files from very old machines.
std::size_t behind_last_break(std::string_view text) {
  const std::size_t newline = text.rfind('\n');
  if (newline != none) return newline + 1;
  // The last byte may be the first half of CR LF.
  const std::size_t last = text.empty() ? none : text.substr(0, text.size() - 1).rfind('\r');
  return last == none ? 0 : last + 1;
}

// Behind the quote that closes the field that opens before `at`; npos when none does, or it may be the first of two.
std::size_t behind_closing_quote(std::string_view text, std::size_t at) {
  while (true) {
    const std::size_t quote = text.find('"', at);
    if (quote == none || quote + 1 == text.size()) return none;
    if (text[quote + 1] != '"') return quote + 1;
    at = quote + 2;
  }
}

class TextChunks final : public ChunkSource {
 public:
  TextChunks(const ByteSource& source, TextChunksOptions options)
      : source_{source}, options_{std::move(options)}, offset_{options_.begin} {}

  std::optional<Chunk> next() override {
    Chunk chunk{.number = number_, .offset = offset_, .bytes = std::exchange(rest_, {})};
    for (std::size_t wanted = options_.chunk_size; !is_finished_; wanted *= 2) {
      read_more(chunk.bytes, wanted);
      if (is_finished_) break;
      const std::size_t end = complete_rows(chunk.bytes, options_.delimiter);
      if (end > 0) {
        rest_.assign(chunk.bytes, end);
        chunk.bytes.resize(end);
        break;
      }
      if (chunk.bytes.size() > options_.longest_row) {
        fail_table(options_.name, "a row that has no end, or quotes that never close", offset_);
      }
    }
    if (chunk.bytes.empty()) return std::nullopt;
    offset_ += chunk.bytes.size();
    ++number_;
    return chunk;
  }

 private:
  void read_more(std::string& bytes, std::size_t wanted) {
    const std::size_t before = bytes.size();
    bytes.resize(before + wanted);
    const std::size_t count =
        source_.read_at(offset_ + before, std::as_writable_bytes(std::span{bytes}).subspan(before));
    bytes.resize(before + count);
    is_finished_ = count < wanted;
  }

  const ByteSource& source_;
  TextChunksOptions options_;
  std::uint64_t offset_;
  std::size_t number_ = 0;
  std::string rest_;
  bool is_finished_ = false;
};

}  // namespace

// A quote opens a field only where one begins: everywhere else it is a character like others.
std::size_t complete_rows(std::string_view text, std::optional<char> delimiter) {
  if (!delimiter) return behind_last_break(text);
  const auto begins_field = [&](std::size_t at) {
    return at == 0 || text[at - 1] == *delimiter || text[at - 1] == '\n' || text[at - 1] == '\r';
  };
  std::size_t complete = 0;
  std::size_t begin = 0;  // of the part outside quotes
  for (std::size_t quote = text.find('"'); quote != none; quote = text.find('"', quote)) {
    if (!begins_field(quote)) {
      ++quote;
      continue;
    }
    const std::size_t end = behind_last_break(text.substr(begin, quote - begin));
    // What stands before an opening quote is there to its end, so a carriage return there is no half of a break.
    if (end > 0) complete = begin + end;
    if (end == 0 && quote > begin && text[quote - 1] == '\r') complete = quote;
    quote = behind_closing_quote(text, quote + 1);
    if (quote == none) return complete;
    begin = quote;
  }
  const std::size_t end = behind_last_break(text.substr(begin));
  return end > 0 ? begin + end : complete;
}

std::unique_ptr<ChunkSource> make_text_chunks(const ByteSource& source, TextChunksOptions options) {
  return std::make_unique<TextChunks>(source, std::move(options));
}

}  // namespace mlops::formats
