#include <mlops/formats/table_stream.hpp>

#include <optional>
#include <string>
#include <utility>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "table/csv_rows.hpp"
#include "table/json_rows.hpp"
#include "table/table_chunks.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t longest_streamed_row = 256u << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

struct TableStream::State {
  TableOptions options;
  RowVisitor visitor;
  std::string pending;       // what has not become rows yet
  std::uint64_t offset = 0;  // of it, in the input
  std::size_t chunks = 0;
  std::optional<char> delimiter;  // of CSV, once it is known
  std::unique_ptr<RowParser> parser;
  Columns none;

  void drop(std::size_t bytes) {
    pending.erase(0, bytes);
    offset += bytes;
  }

  // False while too little is there to tell.
  bool begin(bool is_all) {
    if (parser) return true;
    if (pending.size() < byte_order_mark.size() && !is_all) return false;
    if (offset == 0 && pending.starts_with(byte_order_mark)) drop(byte_order_mark.size());
    const std::string_view text = trim(pending);
    if (text.empty()) return false;
    const TableFormat format =
        options.format.value_or(text.front() == '{' ? TableFormat::json_lines : TableFormat::csv);
    if (format == TableFormat::npy) {
      throw Error{ErrorKind::usage, "an array can't be read as a stream", {"name its file instead"}};
    }
    if (format == TableFormat::json_lines) {
      parser = make_json_parser(options.name);
      return true;
    }
    const bool has_row = complete_rows(pending, options.delimiter.value_or(',')) > 0;
    if (!has_row && !is_all) return false;
    CsvHeader header = read_csv_header(MemorySource{pending}, options);
    delimiter = header.delimiter;
    parser = make_csv_parser(options.name, header.delimiter, std::move(header.columns));
    drop(std::min<std::size_t>(header.end, pending.size()));
    return true;
  }

  ChunkFacts parse(std::string bytes, const RowVisitor& take) {
    Chunk chunk{.number = chunks, .offset = offset, .bytes = std::move(bytes)};
    return parser->parse(chunk, take);
  }
};

TableStream::TableStream(TableOptions options, RowVisitor visitor) : state_{std::make_unique<State>()} {
  state_->options = std::move(options);
  state_->visitor = std::move(visitor);
}

TableStream::~TableStream() = default;

const Columns& TableStream::columns() const { return state_->parser ? state_->parser->columns() : state_->none; }

void TableStream::feed(std::string_view bytes) {
  State& state = *state_;
  state.pending += bytes;
  if (bytes.find_first_of("\r\n") == std::string_view::npos && state.pending.size() < longest_streamed_row) return;
  if (!state.begin(false)) return;
  const std::size_t end = complete_rows(state.pending, state.delimiter);
  if (end == 0) {
    if (state.pending.size() < longest_streamed_row) return;
    fail_table(state.options.name, "a row that has no end, or quotes that never close", state.offset);
  }
  std::string rest = state.pending.substr(end);
  state.pending.resize(end);
  (void)state.parse(std::move(state.pending), state.visitor);
  state.pending = std::move(rest);
  state.offset += end;
  ++state.chunks;
}

bool TableStream::finish() {
  State& state = *state_;
  if (!state.begin(true) || trim(state.pending).empty()) return true;
  const bool has_line_end = state.pending.back() == '\n' || state.pending.back() == '\r';
  try {
    // Once without anybody looking: what was cut off must not count as a row.
    const ChunkFacts facts = state.parse(state.pending, [](const Columns&, const RowBatch&) {});
    if (!has_line_end && facts.short_rows > 0) return false;
    (void)state.parse(std::exchange(state.pending, {}), state.visitor);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage || has_line_end) throw;
    return false;
  }
}

}  // namespace mlops::formats
