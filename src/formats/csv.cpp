#include <mlops/formats/csv.hpp>

#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "column_type.hpp"
#include "csv_scanner.hpp"

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

// Up to a whole chunk, less only at the end of the file.
std::size_t fill(int fd, std::string& buffer, const std::filesystem::path& path) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t count = ::read(fd, buffer.data() + filled, buffer.size() - filled);
    if (count == 0) break;
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw system_error("can't read", path.string(), errno);
    }
  }
  return filled;
}

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
  const FileDescriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd.valid()) throw system_error("can't open", path.string(), errno);
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;

  std::string buffer(chunk_size, '\0');
  std::string_view chunk{buffer.data(), fill(fd.get(), buffer, path)};
  chunk = without_byte_order_mark(chunk);
  Summariser summariser;
  CsvScanner scanner{extension == ".tsv" ? '\t' : delimiter_of(chunk), summariser};
  while (!chunk.empty()) {
    if (chunk.find('\0') != std::string_view::npos) return std::nullopt;
    scanner.feed(chunk);
    if (summariser.is_refused()) return std::nullopt;
    chunk = {buffer.data(), fill(fd.get(), buffer, path)};
  }
  if (!scanner.finish()) return std::nullopt;
  return summariser.summary();
}

}  // namespace mlops::formats
