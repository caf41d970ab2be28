#include "code/python_tokens.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

namespace mlops::formats::code {

namespace {

// Letters of other alphabets are bytes beyond ASCII.
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) { return starts_name(c) || is_digit(c); }

bool is_string_prefix(std::string_view text) {
  constexpr auto prefixes =
      std::to_array<std::string_view>({"r", "b", "u", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"});
  return text.size() <= 2 && std::ranges::find(prefixes, lower_ascii(text)) != prefixes.end();
}

constexpr auto long_operators =
    std::to_array<std::string_view>({"**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", "->", ":=", "+=",
                                     "-=",  "*=",  "/=",  "%=",  "@=",  "&=", "|=", "^=", "**", "//", ">>", "<<"});

class Tokeniser {
 public:
  Tokeniser(std::string_view text, Dialect dialect) : text_{text}, dialect_{dialect} {}

  Tokens run() {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text_.starts_with(mark)) at_ = mark.size();
    while (at_ < text_.size()) step();
    if (!open_.empty()) broken(open_.back().line, fmt::format("`{}` is not closed", open_.back().bracket));
    end_line();
    return std::move(tokens_);
  }

 private:
  struct Open {
    char bracket;
    int line;
  };

  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  void step() {
    const char c = text_[at_];
    if (c == '\n' || c == '\r') return take_line_end();
    if (c == ' ' || c == '\t' || c == '\f') return take_space();
    if (c == '#') {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else if (c == '\\' && is_line_end(at_ + 1)) {
      ++at_;
      skip_line_end();
    } else if (is_shell()) {
      take_shell();
    } else if (c == '"' || c == '\'') {
      take_string(at_);
    } else if (starts_name(c)) {
      take_name();
    } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
      take_number();
    } else {
      take_operator();
    }
  }

  [[nodiscard]] bool is_line_end(std::size_t at) const {
    return at < text_.size() && (text_[at] == '\n' || text_[at] == '\r');
  }

  void skip_line_end() {
    at_ += rest().starts_with("\r\n") ? 2 : 1;
    ++line_;
  }

  void take_line_end() {
    if (open_.empty()) end_line();
    skip_line_end();
    column_ = 0;
  }

  void end_line() {
    if (!in_line_) return;
    tokens_.list.push_back({.kind = Token::Kind::newline, .text = {}, .content = {}, .prefix = {}, .line = line_});
    in_line_ = false;
  }

  void take_space() {
    constexpr int tab = 8;
    column_ = text_[at_] == '\t' ? (column_ / tab + 1) * tab : column_ + 1;
    ++at_;
  }

  Token& add(Token::Kind kind, std::size_t begin, int line) {
    Token token{.kind = kind, .text = text_.substr(begin, at_ - begin), .content = {}, .prefix = {}, .line = line};
    if (!in_line_) token.indent = column_;
    in_line_ = true;
    return tokens_.list.emplace_back(token);
  }

  // At the beginning of a line, or after `name =`.
  [[nodiscard]] bool is_shell() const {
    if (dialect_ != Dialect::ipython || !open_.empty()) return false;
    const char c = text_[at_];
    if (!in_line_) return c == '!' || c == '%' || c == '?';
    return (c == '!' || c == '%') && tokens_.list.back().is("=");
  }

  void take_shell() {
    const std::size_t begin = at_;
    const int line = line_;
    for (;;) {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      if (at_ == text_.size() || text_[at_ - 1] != '\\') break;
      skip_line_end();
    }
    add(Token::Kind::shell, begin, line);
  }

  void take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    const bool has_quote = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    if (has_quote && is_string_prefix(text_.substr(begin, at_ - begin))) return take_string(begin);
    add(Token::Kind::name, begin, line_);
  }

  void take_number() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool is_sign = (c == '+' || c == '-') && at_ > begin && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E') &&
                           !text_.substr(begin).starts_with("0x");
      if (!continues_name(c) && c != '.' && !is_sign) break;
      ++at_;
    }
    add(Token::Kind::number, begin, line_);
  }

  // at_ stands on the opening quote, `begin` on the prefix before it.
  void take_string(std::size_t begin) {
    const int line = line_;
    const char quote = text_[at_];
    const std::string three(3, quote);
    const bool is_triple = rest().starts_with(three);
    const std::size_t first = at_ + (is_triple ? 3 : 1);
    const std::string_view prefix = text_.substr(begin, at_ - begin);
    at_ = first;
    std::size_t end = text_.size();
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        is_line_end(at_) ? skip_line_end() : static_cast<void>(++at_);
      } else if (is_line_end(at_)) {
        if (!is_triple) break;
        skip_line_end();
      } else if (is_triple ? rest().starts_with(three) : text_[at_] == quote) {
        end = at_;
        at_ += is_triple ? 3 : 1;
        break;
      } else {
        ++at_;
      }
    }
    if (end == text_.size()) {
      broken(line, "a string is not closed");
      end = std::max(at_, first);
    }
    Token& token = add(Token::Kind::string, begin, line);
    token.content = text_.substr(std::min(first, end), end - std::min(first, end));
    token.prefix = prefix;
  }

  void take_operator() {
    const auto* const found =
        std::ranges::find_if(long_operators, [&](std::string_view op) { return rest().starts_with(op); });
    const std::size_t begin = at_;
    at_ += found == long_operators.end() ? 1 : found->size();
    const char c = text_[begin];
    if (at_ == begin + 1) note_single(c);
    add(Token::Kind::op, begin, line_);
  }

  void note_single(char c) {
    constexpr std::string_view openers = "([{";
    constexpr std::string_view closers = ")]}";
    if (openers.find(c) != std::string_view::npos) return open_.push_back({c, line_});
    if (const std::size_t kind = closers.find(c); kind != std::string_view::npos) {
      if (!open_.empty() && open_.back().bracket == openers[kind]) return open_.pop_back();
      broken(line_, fmt::format("`{}` closes nothing", c));
      if (!open_.empty()) open_.pop_back();
      return;
    }
    constexpr std::string_view known = "+-*/%@&|^~<>=.,:;";
    if (known.find(c) != std::string_view::npos || (c == '?' && dialect_ == Dialect::ipython)) return;
    broken(line_, fmt::format("`{}` is no part of Python", printable(std::string_view{&c, 1})));
  }

  void broken(int line, const std::string& what) {
    if (!tokens_.broken.empty()) return;
    tokens_.broken = what;
    tokens_.broken_line = line;
  }

  std::string_view text_;
  Dialect dialect_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 0;
  bool in_line_ = false;  // something of the logical line has been seen
  std::vector<Open> open_;
  Tokens tokens_;
};

}  // namespace

Tokens tokenise(std::string_view text, Dialect dialect) { return Tokeniser{text, dialect}.run(); }

}  // namespace mlops::formats::code
