#include "table/json_cutter.hpp"

#include <array>
#include <cstring>

#include "json/json_number.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t deepest_nesting = 128;

void put_code_point(char*& to, std::uint32_t code) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0u | (code >> 6));
  } else if (code < 0x10000) {
    put(0xE0u | (code >> 12));
    put(0x80u | ((code >> 6) & 0x3Fu));
  } else {
    put(0xF0u | (code >> 18));
    put(0x80u | ((code >> 12) & 0x3Fu));
    put(0x80u | ((code >> 6) & 0x3Fu));
  }
  put(0x80u | (code & 0x3Fu));
}

bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

void JsonCutter::skip_spaces() {
  while (at_ != end_ && is_json_space(*at_)) ++at_;
}

bool JsonCutter::at_end() {
  skip_spaces();
  return at_ == end_;
}

bool JsonCutter::take(char wanted) {
  skip_spaces();
  if (at_ == end_ || *at_ != wanted) return false;
  ++at_;
  return true;
}

std::string_view JsonCutter::text() {
  if (!take('"')) fail("a text in quotes is missing");
  char* const begin = at_;
  char* to = begin;
  while (true) {
    if (at_ == end_) fail("a text that does not end");
    const char c = *at_;
    if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a text");
    ++at_;
    if (c == '"') return {begin, static_cast<std::size_t>(to - begin)};
    if (c == '\\') {
      unescape(to);
    } else {
      *to++ = c;
    }
  }
}

std::uint32_t JsonCutter::hex() {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    const char c = at_ == end_ ? '\0' : *at_;
    const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) fail("a bad escape in a text");
    code = code * 16 + static_cast<std::uint32_t>(digit);
    ++at_;
  }
  return code;
}

void JsonCutter::unescape(char*& to) {
  constexpr std::string_view escapes = "\"\\/bfnrt";
  constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
  const char c = at_ == end_ ? '\0' : *at_;
  const std::size_t which = escapes.find(c);
  if (which != std::string_view::npos) {
    *to++ = meant[which];
    ++at_;
    return;
  }
  if (c != 'u') fail("a bad escape in a text");
  ++at_;
  std::uint32_t code = hex();
  if (code >= 0xDC00 && code <= 0xDFFF) fail("half of a pair of surrogates");
  if (code >= 0xD800 && code <= 0xDBFF) {
    if (end_ - at_ < 6 || at_[0] != '\\' || at_[1] != 'u') fail("half of a pair of surrogates");
    at_ += 2;
    const std::uint32_t low = hex();
    if (low < 0xDC00 || low > 0xDFFF) fail("half of a pair of surrogates");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  put_code_point(to, code);
}

// An object or array as it stands: only its quotes and brackets are looked at.
std::string_view JsonCutter::nested() {
  std::array<char, deepest_nesting> closing{};
  std::size_t depth = 0;
  const char* const begin = at_;
  do {
    if (at_ == end_) fail("an object or array that does not end");
    const char c = *at_++;
    if (c == '{' || c == '[') {
      if (depth == closing.size()) fail("too deeply nested");
      closing.at(depth++) = c == '{' ? '}' : ']';
    } else if (c == '}' || c == ']') {
      if (closing.at(--depth) != c) fail("a bracket that closes another kind");
    } else if (c == '"') {
      for (; at_ != end_ && *at_ != '"'; ++at_) {
        if (*at_ == '\\' && at_ + 1 != end_) ++at_;
      }
      if (at_ != end_) ++at_;
    }
  } while (depth > 0);
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

// What stands without quotes. NaN and the infinities are Python's, not JSON's.
Cell JsonCutter::word() {
  const char* const begin = at_;
  while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !is_json_space(*at_)) ++at_;
  const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
  if (text == "null" || text == "NaN") return {text, CellKind::missing};
  const bool is_known = text == "true" || text == "false" || text == "Infinity" || text == "-Infinity";
  if (!is_known && !is_json_number(text)) fail("neither a text, a number, true, false nor null");
  return {text, CellKind::plain};
}

Cell JsonCutter::value() {
  skip_spaces();
  if (at_ == end_) fail("a value is missing");
  if (*at_ == '"') return {text(), CellKind::text};
  if (*at_ == '{' || *at_ == '[') return {nested(), CellKind::text};
  return word();
}

}  // namespace mlops::formats
