#include "jinja/jinja_lexer.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

using Kind = JinjaToken::Kind;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// Letters beyond ASCII are letters of names too.
bool is_word(char c) {
  const auto lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

void append_utf8(std::string& out, std::uint32_t code) {
  // Only words of ASCII are looked for; which other character it is does not matter.
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else {
    out += "\xEF\xBF\xBD";
  }
}

// What is between the quotes of a literal, with Python's escapes resolved.
class Unescaped {
 public:
  explicit Unescaped(std::string_view written) : written_{written} {
    while (at_ < written_.size()) {
      const char c = written_[at_++];
      if (c == '\\' && at_ < written_.size()) {
        escape();
      } else {
        text += c;
      }
    }
  }

  std::string text;
  bool hides_word = false;

 private:
  void escape() {
    constexpr std::string_view letters = "abfnrtv";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v";
    const char c = written_[at_++];
    if (const std::size_t known = letters.find(c); known != std::string_view::npos) {
      text += meanings[known];
    } else if (c == 'x' || c == 'u' || c == 'U') {
      code(16, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    } else if (c >= '0' && c <= '7') {
      --at_;
      code(8, 3);
    } else if (c == 'N') {
      named();
    } else if (c == '\n') {
      return;  // a continued line
    } else {
      if (c != '\\' && c != '\'' && c != '"') text += '\\';
      text += c;
    }
  }

  void code(std::uint32_t base, int most_digits) {
    std::uint32_t value = 0;
    for (int i = 0; i < most_digits && at_ < written_.size(); ++i, ++at_) {
      const char c = static_cast<char>(written_[at_] | 0x20);
      const auto digit = static_cast<std::uint32_t>(is_digit(written_[at_]) ? written_[at_] - '0'
                                                    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
                                                                            : 16);
      if (digit >= base) break;
      value = value * base + digit;
    }
    resolve(value);
  }

  // "\N{LOW LINE}". Other names are not looked up.
  void named() {
    const std::size_t end = written_.find('}', at_);
    const std::string_view name = written_.substr(at_, end - at_);
    at_ = end == std::string_view::npos ? written_.size() : end + 1;
    resolve(name.find("LOW LINE") != std::string_view::npos ? '_' : '?');
  }

  void resolve(std::uint32_t value) {
    append_utf8(text, value);
    const bool is_letter = (value | 0x20) >= 'a' && (value | 0x20) <= 'z';
    hides_word = hides_word || is_letter || value == '_';
  }

  std::string_view written_;
  std::size_t at_ = 0;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_{text} {}

  std::vector<JinjaToken> lex() {
    while (find_block()) read_block();
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] bool here(std::string_view wanted) const { return text_.substr(at_).starts_with(wanted); }

  // Goes behind the beginning of the next block that is no comment; false when there is none.
  bool find_block() {
    while ((at_ = text_.find('{', at_)) != std::string_view::npos && at_ + 1 < text_.size()) {
      const char kind = text_[at_ + 1];
      if (kind == '#') {
        const std::size_t end = text_.find("#}", at_ + 2);
        if (end == std::string_view::npos) return false;  // jinja2 refuses it
        at_ = end + 2;
      } else if (kind == '%' || kind == '{') {
        add(kind == '%' ? Kind::statement : Kind::print, 2);
        if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
        return true;
      } else {
        ++at_;
      }
    }
    return false;
  }

  void read_block() {
    const std::size_t first = tokens_.size();
    const std::string_view end = tokens_.back().kind == Kind::statement ? "%}" : "}}";
    depth_ = 0;
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (depth_ == 0 && (here(end) || ((here("-") || here("+")) && text_.substr(at_ + 1).starts_with(end)))) {
        add(Kind::end, here(end) ? 2 : 3);
        if (tokens_.size() == first + 2 && end == "%}" && tokens_[first].is_name("raw")) skip_raw();
        return;
      } else {
        read_token();
      }
    }
  }

  // What stands between {% raw %} and {% endraw %} is plain text.
  void skip_raw() {
    for (;;) {
      at_ = text_.find("{%", at_);
      if (at_ == std::string_view::npos) return;
      std::size_t word = at_ + 2;
      if (word < text_.size() && (text_[word] == '-' || text_[word] == '+')) ++word;
      while (word < text_.size() && is_space(text_[word])) ++word;
      if (text_.substr(word).starts_with("endraw")) return;
      at_ += 2;
    }
  }

  void read_token() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') return read_literal(c);
    if (is_word(c)) {
      std::size_t end = at_;
      while (end < text_.size() && is_word(text_[end])) ++end;
      return add(is_digit(c) ? Kind::number : Kind::name, end - at_);
    }
    if (c == '(' || c == '[' || c == '{') ++depth_;
    if (c == ')' || c == ']' || c == '}') depth_ = std::max(depth_ - 1, 0);
    add(Kind::sign, here("==") || here("!=") ? 2 : 1);
  }

  void read_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    end = std::min(end, text_.size());
    Unescaped unescaped{text_.substr(at_ + 1, end - at_ - 1)};
    tokens_.push_back({Kind::literal, std::move(unescaped.text), at_, unescaped.hides_word});
    at_ = std::min(end + 1, text_.size());
  }

  void add(Kind kind, std::size_t size) {
    tokens_.push_back({kind, std::string{text_.substr(at_, size)}, at_, false});
    at_ += size;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of brackets, inside of which a block does not end
  std::vector<JinjaToken> tokens_;
};

}  // namespace

std::vector<JinjaToken> lex_jinja(std::string_view text) { return Lexer{text}.lex(); }

}  // namespace mlops::formats
