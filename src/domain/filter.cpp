#include <mlops/domain/filter.hpp>

#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "filter_lexer.hpp"
#include "filter_terms.hpp"

namespace mlops::domain {
namespace {

using Kind = FilterToken::Kind;

// Deeper nesting than any person writes; it keeps a hostile filter from exhausting the stack.
constexpr int deepest = 64;

// filter = all { "or" all } ; all = one { "and" one } ; one = "not" one | "(" filter ")" | term
class Parser {
 public:
  Parser(FilterOf of, std::string_view text) : of_{of}, text_{text}, tokens_{lex_filter(text)} {}

  Filter parse() {
    if (peek().kind == Kind::end) return {};
    Filter filter = any_of(0);
    if (peek().kind == Kind::close) throw error(peek(), "this `)` closes nothing");
    if (peek().kind != Kind::end)
      throw error(peek(), fmt::format("expected `and` or `or` before `{}`", printable(peek().text)));
    return filter;
  }

 private:
  Filter any_of(int depth) { return chain(depth, "or", Filter::Kind::any_of, &Parser::all_of); }
  Filter all_of(int depth) { return chain(depth, "and", Filter::Kind::all_of, &Parser::one); }

  Filter chain(int depth, std::string_view word, Filter::Kind kind, Filter (Parser::*part)(int)) {
    Filter first = (this->*part)(depth);
    if (!at_word(word)) return first;
    Filter result{.kind = kind, .term = {}, .parts = {}};
    result.parts.push_back(std::move(first));
    while (at_word(word)) {
      take();
      result.parts.push_back((this->*part)(depth));
    }
    return result;
  }

  Filter one(int depth) {
    if (depth >= deepest) throw error(peek(), fmt::format("it is nested more than {} deep", deepest));
    if (at_word("not")) {
      take();
      Filter result{.kind = Filter::Kind::none_of, .term = {}, .parts = {}};
      result.parts.push_back(one(depth + 1));
      return result;
    }
    if (peek().kind != Kind::open) return term();
    const FilterToken open = take();
    Filter inner = any_of(depth + 1);
    if (peek().kind == Kind::end) throw error(open, "this `(` is never closed");
    if (peek().kind != Kind::close)
      throw error(peek(), fmt::format("expected `and`, `or` or `)` before `{}`", printable(peek().text)));
    take();
    return inner;
  }

  Filter term() {
    const FilterToken& name = take();
    if (name.kind == Kind::end) throw error(name, "something is missing here at the end");
    if (name.kind != Kind::word || is_connective(name)) {
      throw error(name, fmt::format("expected a field, such as `metrics.auc`, and found `{}`", printable(name.text)));
    }
    Filter result{.kind = Filter::Kind::term, .term = field_term(of_, text_, name), .parts = {}};
    if (peek().kind != Kind::comparison) {
      if (!is_flag(result.term.field))
        throw error(peek(), fmt::format("expected an operator after `{}`", printable(name.text)));
      result.term.value = true;
      return result;
    }
    const FilterToken& comparison = take();
    const FilterToken& value = take();
    if ((value.kind != Kind::word && value.kind != Kind::quoted) || is_connective(value)) {
      throw error(value, fmt::format("expected a value after `{}`", comparison.text));
    }
    complete_term(result.term, text_, comparison, value);
    return result;
  }

  const FilterToken& peek() const { return tokens_[next_]; }

  // The end stays where it is, so that it can be taken any number of times.
  const FilterToken& take() {
    const FilterToken& token = tokens_[next_];
    if (token.kind != Kind::end) ++next_;
    return token;
  }

  static bool is_word(const FilterToken& token, std::string_view word) {
    return token.kind == Kind::word && lower_ascii(token.text) == word;
  }
  static bool is_connective(const FilterToken& token) { return is_word(token, "and") || is_word(token, "or"); }
  bool at_word(std::string_view word) const { return is_word(peek(), word); }

  Error error(const FilterToken& token, std::string_view why) const { return filter_error(text_, token.at, why); }

  FilterOf of_;
  std::string_view text_;
  std::vector<FilterToken> tokens_;
  std::size_t next_ = 0;
};

}  // namespace

Filter parse_filter(std::string_view text) { return Parser{FilterOf::versions, text}.parse(); }

Filter parse_run_filter(std::string_view text) { return Parser{FilterOf::runs, text}.parse(); }

}  // namespace mlops::domain
