#include "python_literal.hpp"

#include <charconv>
#include <string>

#include <fmt/core.h>

#include "facts.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr int deepest = 32;
constexpr std::size_t most_keys = 1000;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  Json parse() {
    Json value = read_value(0);
    skip_space();
    if (at_ < text_.size()) fail("something follows the literal");
    return value;
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw Malformed{fmt::format("{} at byte {} of the header", why, at_)};
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }

  // The next byte that is not white space; '\0' at the end.
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Json read_value(int depth) {
    if (depth == deepest) fail(fmt::format("the literal is nested more than {} levels deep", deepest));
    const char c = peek();
    if (c == '{') return read_dict(depth);
    if (c == '[') return read_list(depth);
    if (c == '(') return read_tuple(depth);
    if (c == '\'' || c == '"') return read_text();
    if ((c == 'u' || c == 'b') && at_ + 1 < text_.size() && (text_[at_ + 1] == '\'' || text_[at_ + 1] == '"')) {
      ++at_;
      return read_text();
    }
    if (take_word("True")) return true;
    if (take_word("False")) return false;
    if (take_word("None")) return nullptr;
    return read_number();
  }

  Json read_dict(int depth) {
    ++at_;
    Json::Object members;
    while (!take('}')) {
      if (!members.empty() && !take(',')) fail("the literal lacks a comma");
      if (!members.empty() && take('}')) break;
      Json key = read_value(depth + 1);
      if (!key.is_string()) fail("a key of the literal is no text");
      for (const Json::Member& member : members) {
        if (member.first == key.as_string()) fail(fmt::format("the key {} comes twice", shown(member.first)));
      }
      if (members.size() == most_keys) fail("the literal has more keys than make sense");
      if (!take(':')) fail("the literal lacks a colon");
      members.emplace_back(key.as_string(), read_value(depth + 1));
    }
    return members;
  }

  Json read_list(int depth) {
    ++at_;
    Json::Array items;
    while (!take(']')) {
      if (!items.empty() && !take(',')) fail("the literal lacks a comma");
      if (!items.empty() && take(']')) break;
      items.push_back(read_value(depth + 1));
    }
    return items;
  }

  // "(3)" is the number 3, "(3,)" a tuple.
  Json read_tuple(int depth) {
    ++at_;
    Json::Array items;
    bool has_comma = false;
    while (!take(')')) {
      if (!items.empty()) {
        if (!take(',')) fail("the literal lacks a comma");
        has_comma = true;
        if (take(')')) break;
      }
      items.push_back(read_value(depth + 1));
    }
    if (items.size() == 1 && !has_comma) return items.front();
    return items;
  }

  Json read_number() {
    std::int64_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail("a number beyond 64 bits");
    if (error != std::errc{}) fail("no literal");
    at_ += static_cast<std::size_t>(end - begin);
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // of Python 2
    return value;
  }

  Json read_text() {
    const char quote = text_[at_++];
    std::string value;
    for (;;) {
      if (at_ == text_.size() || text_[at_] == '\n') fail("a text without an end");
      const char c = text_[at_++];
      if (c == quote) return value;
      if (c == '\\') {
        read_escape(value);
      } else {
        value += c;
      }
    }
  }

  // Field names with characters that need one of the other escapes keep them as they are written.
  void read_escape(std::string& value) {
    if (at_ == text_.size()) fail("a text without an end");
    const char c = text_[at_++];
    if (c != '\\' && c != '\'' && c != '"') value += '\\';
    value += c;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Json parse_python_literal(std::string_view text) { return Parser{text}.parse(); }

}  // namespace mlops::formats
