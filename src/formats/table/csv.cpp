#include <mlops/formats/csv.hpp>

#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <mlops/support/text.hpp>

#include "table/column_type.hpp"
#include "table/csv_scanner.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t chunk_size = 256u << 10;
// A first row beyond this is no header, and would fill memory.
constexpr std::size_t longest_header = 1u << 20;

// Takes the first row for the header and asks all others what their columns hold.
class Summariser final : public CsvHandler {
 public:
  void on_field(std::string_view value) override {
    if (in_header_) {
      add_column(value);
    } else if (column_ < types_.size() && types_[column_] != ColumnType::text) {
      types_[column_] = widened(types_[column_], type_of_value(value));
    }
    ++column_;
  }

  void on_row_end() override {
    column_ = 0;
    if (!in_header_) ++rows_;
    in_header_ = false;
  }

  [[nodiscard]] bool is_refused() const { return refused_; }

  [[nodiscard]] std::optional<CsvSummary> summary() const {
    if (refused_ || in_header_) return std::nullopt;
    CsvSummary result{rows_, {}};
    for (std::size_t i = 0; i < names_.size(); ++i) {
      result.columns.push_back({names_[i], std::string{name_of(types_[i])}});
    }
    return result;
  }

 private:
  void add_column(std::string_view name) {
    header_bytes_ += name.size() + 1;
    refused_ = refused_ || header_bytes_ > longest_header || !is_valid_utf8(name);
    if (refused_) return;
    names_.emplace_back(name);
    types_.push_back(ColumnType::empty);
  }

  std::vector<std::string> names_;
  std::vector<ColumnType> types_;
  std::size_t header_bytes_ = 0;
  std::size_t column_ = 0;
  std::int64_t rows_ = 0;
  bool in_header_ = true;
  bool refused_ = false;
};

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

// Spreadsheets write semicolons where the comma is the decimal sign, and some people call tab-separated files .csv.
char delimiter_of(std::string_view beginning) {
  bool in_quotes = false;
  char found = ',';
  for (const char c : beginning) {
    if (c == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (c == ',' || c == '\n' || c == '\r') return c == ',' ? ',' : found;
    if (found == ',' && (c == ';' || c == '\t')) found = c;
  }
  return found;
}

}  // namespace

std::optional<CsvSummary> summarise_csv(const std::filesystem::path& path) {
  const std::string extension = lower_ascii(path.extension().string());
  if (extension != ".csv" && extension != ".tsv") return std::nullopt;
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  // What is not there is told by the one who opens it.
  if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found) return std::nullopt;
  return summarise_csv(*open_byte_source(path), extension == ".tsv");
}

std::optional<CsvSummary> summarise_csv(const ByteSource& source, bool is_tab_separated) {
  std::string buffer = read_bytes(source, 0, chunk_size);
  std::uint64_t offset = buffer.size();
  std::string_view chunk = without_byte_order_mark(buffer);
  Summariser summariser;
  CsvScanner scanner{is_tab_separated ? '\t' : delimiter_of(chunk), summariser};
  while (!chunk.empty()) {
    if (chunk.find('\0') != std::string_view::npos) return std::nullopt;
    scanner.feed(chunk);
    if (summariser.is_refused()) return std::nullopt;
    buffer.resize(chunk_size);
    chunk = {buffer.data(), source.read_at(offset, std::as_writable_bytes(std::span{buffer}))};
    offset += chunk.size();
  }
  if (!scanner.finish()) return std::nullopt;
  return summariser.summary();
}

}  // namespace mlops::formats
