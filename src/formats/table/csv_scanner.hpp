// Cutting CSV text into fields, piece by piece, as Python's csv module does with its default dialect.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mlops::formats {

// Told of every field and row, in order. Lines with nothing on them are no rows.
class CsvHandler {
 public:
  virtual ~CsvHandler() = default;
  virtual void on_field(std::string_view value) = 0;
  virtual void on_row_end() = 0;
};

class CsvScanner {
 public:
  // Of a field that is longer, only the beginning is kept, so that no input can fill memory.
  static constexpr std::size_t longest_kept_field = 64u << 10;

  CsvScanner(char delimiter, CsvHandler& handler);

  void feed(std::string_view chunk);
  // Ends the last row; false when the text ends inside a quoted field.
  [[nodiscard]] bool finish();

 private:
  enum class State {
    row_start,        // nothing of the row seen yet
    field_start,      // after a delimiter
    plain,            // in a field without quotes, or after its closing quote
    quoted,           // between quotes
    quote_in_quoted,  // after a quote that ends the quoted part, or is the first of two
  };

  std::size_t start_field(std::string_view chunk, std::size_t at);
  std::size_t scan_plain(std::string_view chunk, std::size_t at);
  std::size_t scan_quoted(std::string_view chunk, std::size_t at);
  std::size_t after_quote(std::string_view chunk, std::size_t at);
  void end_field(std::string_view value, char terminator);
  void keep(std::string_view part);

  CsvHandler& handler_;
  char delimiter_;
  std::array<bool, 256> ends_plain_{};
  State state_ = State::row_start;
  std::string kept_;  // the field so far, when it could not be had in one piece
};

}  // namespace mlops::formats
