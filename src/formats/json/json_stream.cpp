#include "json/json_stream.hpp"

#include <charconv>
#include <limits>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "json/json_number.hpp"
#include "malformed.hpp"
#include "utf8_check.hpp"

namespace mlops::formats {

namespace {

// Most that are asked whether they are JSON are not.
constexpr std::size_t first_piece = 1024;
constexpr std::size_t piece = 64u << 10;
constexpr std::size_t longest_number = 1024;

}  // namespace

JsonStream::JsonStream(const ByteSource& source, JsonLimits limits) : source_{source}, limits_{limits} {}

void JsonStream::fail(std::string_view why) const { throw Malformed{fmt::format("{} at byte {}", why, offset())}; }

bool JsonStream::load() {
  buffer_.erase(0, at_);
  buffer_at_ += at_;
  at_ = 0;
  const std::uint64_t next = buffer_at_ + buffer_.size();
  const std::string more = read_bytes(source_, next, next == 0 ? first_piece : piece);
  buffer_ += more;
  return !more.empty();
}

int JsonStream::peek() {
  if (at_ == buffer_.size() && !load()) return -1;
  return static_cast<unsigned char>(buffer_[at_]);
}

int JsonStream::significant() {
  for (;;) {
    const int c = peek();
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return c;
    ++at_;
  }
}

Token JsonStream::next() {
  switch (state_) {
    case State::value:
      return read_value();
    case State::first_item:
      return significant() == ']' ? close() : read_value();
    case State::first_key:
      return significant() == '}' ? close() : read_key();
    case State::after_value:
      return read_after_value();
    case State::finished:
      break;
  }
  return Token::end;
}

Token JsonStream::read_after_value() {
  if (depth_ == 0) return read_end();
  const bool in_array = is_array_.at(depth_ - 1);
  const int c = significant();
  if (c == (in_array ? ']' : '}')) return close();
  if (c != ',') fail(in_array ? "the JSON lacks a comma or bracket" : "the JSON lacks a comma or brace");
  ++at_;
  return in_array ? read_value() : read_key();
}

Token JsonStream::read_end() {
  if (significant() != -1) fail("something follows the JSON");
  state_ = State::finished;
  return Token::end;
}

Token JsonStream::read_key() {
  if (significant() != '"') fail("the JSON lacks a key");
  read_text();
  if (text_is_cut_) fail("the JSON has a key of unreasonable length");
  // Looking further for the colon may move the buffer, and the key with it.
  if (at_ == buffer_.size() || buffer_[at_] != ':') {
    kept_ = std::string{text_};
    text_ = kept_;
  }
  if (significant() != ':') fail("the JSON lacks a colon");
  ++at_;
  state_ = State::value;
  return Token::key;
}

Token JsonStream::read_value() {
  const int c = significant();
  state_ = State::after_value;
  switch (c) {
    case '{':
      return open(false);
    case '[':
      return open(true);
    case '"':
      read_text();
      return Token::text;
    case 't':
    case 'f':
      boolean_ = c == 't';
      read_word(boolean_ ? "true" : "false");
      return Token::boolean;
    case 'n':
      read_word("null");
      return Token::null;
    case -1:
      fail("the JSON ends too early");
    default:
      return read_number();
  }
}

Token JsonStream::open(bool is_array) {
  if (depth_ == deepest) fail(fmt::format("the JSON is nested more than {} levels deep", deepest));
  is_array_.at(depth_++) = is_array;
  ++at_;
  state_ = is_array ? State::first_item : State::first_key;
  return is_array ? Token::begin_array : Token::begin_object;
}

Token JsonStream::close() {
  ++at_;
  state_ = State::after_value;
  return is_array_.at(--depth_) ? Token::end_array : Token::end_object;
}

void JsonStream::read_word(std::string_view word) {
  for (const char c : word) {
    if (peek() != c) fail("the JSON has an unknown word");
    ++at_;
  }
}

Token JsonStream::read_number() {
  is_whole_ = false;
  if (limits_.non_finite && (peek() == 'N' || peek() == 'I')) {
    const bool is_nan = peek() == 'N';
    read_word(is_nan ? "NaN" : "Infinity");
    text_ = is_nan ? "nan" : "inf";
    return Token::number;
  }
  std::size_t end = at_;
  for (;;) {
    while (end < buffer_.size() && is_number_character(buffer_[end])) ++end;
    if (end - at_ > longest_number) fail("the JSON has a number of unreasonable length");
    if (end < buffer_.size()) break;
    end -= at_;  // loading moves what is unread to the front
    if (!load()) break;
  }
  text_ = std::string_view{buffer_}.substr(at_, end - at_);
  if (limits_.non_finite && text_ == "-" && end < buffer_.size() && buffer_[end] == 'I') {
    ++at_;
    read_word("Infinity");
    text_ = "-inf";
    return Token::number;
  }
  if (!is_json_number(text_)) fail(text_.empty() ? "the JSON lacks a value" : "the JSON has a malformed number");
  is_negative_ = text_.starts_with('-');
  const char* const last = text_.data() + text_.size();
  const auto [stop, error] = std::from_chars(text_.data() + (is_negative_ ? 1 : 0), last, magnitude_);
  is_whole_ = error == std::errc{} && stop == last;
  at_ = end;
  return Token::number;
}

double JsonStream::real() const {
  double value = 0;
  const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
  if (error == std::errc{}) return value;
  // Beyond what a double holds; whether to infinity or to nothing, the exponent's sign tells.
  const bool is_tiny = text_.find("e-") != std::string_view::npos || text_.find("E-") != std::string_view::npos;
  const double size = is_tiny ? 0 : std::numeric_limits<double>::infinity();
  return text_.starts_with('-') ? -size : size;
}

void JsonStream::read_text() {
  ++at_;
  text_is_cut_ = false;
  bool is_ascii = true;
  for (std::size_t end = at_; end < buffer_.size(); ++end) {
    const auto c = static_cast<unsigned char>(buffer_[end]);
    if (c == '\\' || c < ' ') break;
    if (c >= 0x80) is_ascii = false;
    if (c != '"') continue;
    if (end - at_ > limits_.text) break;
    text_ = std::string_view{buffer_}.substr(at_, end - at_);
    if (!is_ascii && !is_valid_utf8(text_)) fail("a text of the JSON is not UTF-8");
    at_ = end + 1;
    return;
  }
  read_text_in_pieces();
}

void JsonStream::read_text_in_pieces() {
  kept_.clear();
  Utf8Check utf8;
  for (;;) {
    if (peek() == -1) fail("the JSON ends inside a text");
    std::size_t end = at_;
    while (end < buffer_.size() && buffer_[end] != '"' && buffer_[end] != '\\' &&
           static_cast<unsigned char>(buffer_[end]) >= ' ') {
      ++end;
    }
    const std::string_view plain = std::string_view{buffer_}.substr(at_, end - at_);
    if (!utf8.feed(plain) || (end < buffer_.size() && !utf8.complete())) fail("a text of the JSON is not UTF-8");
    keep(plain);
    at_ = end;
    if (end == buffer_.size()) continue;
    if (buffer_[end] == '"') break;
    if (buffer_[end] != '\\') fail("a text of the JSON has a control character");
    ++at_;
    read_escape();
  }
  ++at_;
  text_ = kept_;
}

void JsonStream::read_escape() {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const int c = peek();
  ++at_;
  if (c == 'u') {
    std::uint32_t code = read_hex();
    if (code >= 0xDC00 && code <= 0xDFFF) fail("a text of the JSON has half a surrogate pair");
    if (code >= 0xD800 && code <= 0xDBFF) {
      read_word("\\u");
      const std::uint32_t low = read_hex();
      if (low < 0xDC00 || low > 0xDFFF) fail("a text of the JSON has half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return keep_code_point(code);
  }
  const std::size_t at = c < 0 ? std::string_view::npos : letters.find(static_cast<char>(c));
  if (at == std::string_view::npos) fail("a text of the JSON has an unknown escape");
  keep(meanings.substr(at, 1));
}

std::uint32_t JsonStream::read_hex() {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const int c = peek();
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      value = value * 16 + static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      fail("a text of the JSON has a malformed escape");
    }
  }
  return value;
}

void JsonStream::keep_code_point(std::uint32_t code) {
  std::string bytes;
  const auto add = [&](std::uint32_t byte) { bytes += static_cast<char>(byte); };
  const auto tail = [&](int shift) { add(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    add(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    add(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
  keep(bytes);
}

void JsonStream::keep(std::string_view part) {
  const std::string_view room = part.substr(0, limits_.text - kept_.size());
  text_is_cut_ = text_is_cut_ || room.size() < part.size();
  kept_ += room;
}

}  // namespace mlops::formats
