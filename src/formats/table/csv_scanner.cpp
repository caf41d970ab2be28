#include "table/csv_scanner.hpp"

#include <algorithm>

namespace mlops::formats {

namespace {

bool is_newline(char c) { return c == '\n' || c == '\r'; }

}  // namespace

CsvScanner::CsvScanner(char delimiter, CsvHandler& handler) : handler_{handler}, delimiter_{delimiter} {
  for (const char c : {delimiter, '\n', '\r'}) ends_plain_[static_cast<unsigned char>(c)] = true;
}

void CsvScanner::feed(std::string_view chunk) {
  std::size_t at = 0;
  while (at < chunk.size()) {
    switch (state_) {
      case State::row_start:
      case State::field_start:
        at = start_field(chunk, at);
        break;
      case State::plain:
        at = scan_plain(chunk, at);
        break;
      case State::quoted:
        at = scan_quoted(chunk, at);
        break;
      case State::quote_in_quoted:
        at = after_quote(chunk, at);
        break;
    }
  }
}

bool CsvScanner::finish() {
  if (state_ == State::quoted) return false;
  if (state_ != State::row_start) end_field(kept_, '\n');
  return true;
}

std::size_t CsvScanner::start_field(std::string_view chunk, std::size_t at) {
  const char c = chunk[at];
  if (c == '"') {
    state_ = State::quoted;
    return at + 1;
  }
  // Also the second half of CR LF.
  if (state_ == State::row_start && is_newline(c)) return at + 1;
  state_ = State::plain;
  return scan_plain(chunk, at);
}

std::size_t CsvScanner::scan_plain(std::string_view chunk, std::size_t at) {
  std::size_t end = at;
  while (end < chunk.size() && !ends_plain_[static_cast<unsigned char>(chunk[end])]) ++end;
  const std::string_view part = chunk.substr(at, end - at);
  if (end == chunk.size()) {
    keep(part);
    return end;
  }
  if (kept_.empty()) {
    end_field(part, chunk[end]);
  } else {
    keep(part);
    end_field(kept_, chunk[end]);
  }
  return end + 1;
}

std::size_t CsvScanner::scan_quoted(std::string_view chunk, std::size_t at) {
  const std::size_t quote = std::min(chunk.find('"', at), chunk.size());
  keep(chunk.substr(at, quote - at));
  if (quote == chunk.size()) return quote;
  state_ = State::quote_in_quoted;
  return quote + 1;
}

std::size_t CsvScanner::after_quote(std::string_view chunk, std::size_t at) {
  if (chunk[at] == '"') {
    keep("\"");
    state_ = State::quoted;
    return at + 1;
  }
  state_ = State::plain;
  return scan_plain(chunk, at);
}

void CsvScanner::end_field(std::string_view value, char terminator) {
  handler_.on_field(value);
  kept_.clear();
  if (terminator == delimiter_) {
    state_ = State::field_start;
  } else {
    handler_.on_row_end();
    state_ = State::row_start;
  }
}

void CsvScanner::keep(std::string_view part) { kept_.append(part.substr(0, longest_kept_field - kept_.size())); }

}  // namespace mlops::formats
