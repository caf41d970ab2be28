#include "filter_lexer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "columns.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

using Kind = FilterToken::Kind;

constexpr std::string_view spaces = " \t\r\n";
constexpr std::string_view word_ends = " \t\r\n()<>=!~&|'\"";

// Longest first, so that "<=" is not read as "<".
constexpr std::array operators = std::to_array<std::pair<std::string_view, Comparison>>({
    {"==", Comparison::equal},
    {"!=", Comparison::not_equal},
    {"<=", Comparison::less_equal},
    {">=", Comparison::greater_equal},
    {"<", Comparison::less},
    {">", Comparison::greater},
    {"=", Comparison::equal},
});

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_{text} {}

  std::vector<FilterToken> tokens() {
    std::vector<FilterToken> result;
    do {
      result.push_back(next());
    } while (result.back().kind != Kind::end);
    return result;
  }

 private:
  FilterToken next() {
    at_ = std::min(text_.find_first_not_of(spaces, at_), text_.size());
    const std::size_t begin = at_;
    if (begin == text_.size()) return {.kind = Kind::end, .text = {}, .at = begin};
    switch (text_[begin]) {
      case '(':
        ++at_;
        return {.kind = Kind::open, .text = "(", .at = begin};
      case ')':
        ++at_;
        return {.kind = Kind::close, .text = ")", .at = begin};
      case '\'':
      case '"':
        return {.kind = Kind::quoted, .text = quoted(), .at = begin};
      default:
        break;
    }
    for (const auto& [symbol, comparison] : operators) {
      if (!text_.substr(begin).starts_with(symbol)) continue;
      at_ += symbol.size();
      return {.kind = Kind::comparison, .text = std::string{symbol}, .comparison = comparison, .at = begin};
    }
    return {.kind = Kind::word, .text = word(), .at = begin};
  }

  // A key with spaces is quoted after its dot: metrics."top 1".
  std::string word() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(word_ends, at_), text_.size());
    if (at_ == begin) refuse_symbol();
    std::string result{text_.substr(begin, at_ - begin)};
    const bool quoted_key = result.ends_with('.') && at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    if (quoted_key) result += quoted();
    return result;
  }

  std::string quoted() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find(text_[begin], begin + 1);
    if (end == std::string_view::npos) throw filter_error(text_, begin, "this quote is never closed");
    at_ = end + 1;
    return std::string{text_.substr(begin + 1, end - begin - 1)};
  }

  [[noreturn]] void refuse_symbol() const {
    const char symbol = text_[at_];
    Error error = filter_error(text_, at_, fmt::format("`{}` has no meaning here", symbol));
    if (symbol == '&') error.add_hint("write `and`");
    if (symbol == '|') error.add_hint("write `or`");
    if (symbol == '!') error.add_hint("write `not`, or `!=` between a field and a value");
    if (symbol == '~') error.add_hint("compare whole values with `=` or `!=`; there is no pattern matching");
    throw error;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<FilterToken> lex_filter(std::string_view text) { return Lexer{text}.tokens(); }

Error filter_error(std::string_view text, std::size_t at, std::string_view why) {
  return Error{ErrorKind::usage,
               fmt::format("can't read the filter `{}` at column {}: {}", shown(text), column_of(text, at), why)};
}

}  // namespace mlops::domain
