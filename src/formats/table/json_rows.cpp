#include "table/json_rows.hpp"

#include <map>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "table/json_cutter.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_json_keys = 10'000;

class JsonParser final : public RowParser {
 public:
  explicit JsonParser(std::string name) : name_{std::move(name)}, buffer_{0, RowBuffer::Rows::sparse} {}

  ChunkFacts parse(Chunk& chunk, const RowVisitor& visitor) override {
    require_text(name_, chunk.bytes, chunk.offset);
    buffer_.begin(chunk);
    char* const begin = chunk.bytes.data();
    JsonCutter cutter{begin, begin + chunk.bytes.size()};
    try {
      while (!cutter.at_end()) {
        parse_row(cutter, visitor);
        buffer_.end_row(columns_, visitor);
      }
    } catch (const NotJson& error) {
      fail_table(name_, error.why, chunk.offset + static_cast<std::uint64_t>(error.at - begin),
                 {"each line must be a JSON object"});
    }
    ChunkFacts facts;
    facts.rows = buffer_.rows();
    buffer_.flush(columns_, visitor);
    return facts;
  }

  [[nodiscard]] const Columns& columns() const override { return columns_; }

 private:
  void parse_row(JsonCutter& cutter, const RowVisitor& visitor) {
    ++row_;
    if (!cutter.take('{')) throw NotJson{cutter.position(), "no object"};
    if (cutter.take('}')) return;
    std::size_t expected = 0;
    do {
      const std::string_view key = cutter.text();
      const std::size_t column = column_of(key, expected, cutter, visitor);
      expected = column + 1;
      if (last_row_[column] == row_) throw NotJson{cutter.position(), "the same key twice"};
      last_row_[column] = row_;
      if (!cutter.take(':')) throw NotJson{cutter.position(), "no colon behind a key"};
      buffer_.set(column, cutter.value());
    } while (cutter.take(','));
    if (!cutter.take('}')) throw NotJson{cutter.position(), "an object that does not end"};
  }

  // Most lines have the same keys in the same order.
  std::size_t column_of(std::string_view key, std::size_t expected, const JsonCutter& cutter,
                        const RowVisitor& visitor) {
    if (expected < columns_.size() && columns_[expected] == key) return expected;
    const auto found = places_.find(key);
    if (found != places_.end()) return found->second;
    if (columns_.size() == most_json_keys) throw NotJson{cutter.position(), "more than 10,000 different keys"};
    buffer_.add_column(columns_, visitor);
    columns_.emplace_back(key);
    places_.emplace(std::string{key}, columns_.size() - 1);
    last_row_.push_back(0);
    return columns_.size() - 1;
  }

  std::string name_;
  Columns columns_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<std::uint64_t> last_row_;  // that had the column, to find keys that stand twice
  std::uint64_t row_ = 0;
  RowBuffer buffer_;
};

}  // namespace

std::unique_ptr<RowParser> make_json_parser(std::string name) { return std::make_unique<JsonParser>(std::move(name)); }

}  // namespace mlops::formats
