// Jinja templates cut into tokens, as jinja2's own lexer does with its default delimiters: what stands outside of
// blocks is no token. Source: "Template Designer Documentation" and lexer.py of pallets/jinja.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::formats {

struct JinjaToken {
  enum class Kind {
    statement,  // "{%"
    print,      // "{{"
    end,        // of either
    name,
    literal,  // its text is what the escapes in it stand for
    number,
    sign,  // an operator or bracket: one character, but for "==" and "!="
  };
  Kind kind = Kind::end;
  std::string text;
  std::size_t offset = 0;   // in the template
  bool hides_word = false;  // a literal that writes a letter or underscore as an escape
  [[nodiscard]] bool is(Kind wanted, std::string_view wanted_text) const {
    return kind == wanted && text == wanted_text;
  }
  [[nodiscard]] bool is_sign(std::string_view wanted) const { return is(Kind::sign, wanted); }
  [[nodiscard]] bool is_name(std::string_view wanted) const { return is(Kind::name, wanted); }
};

std::vector<JinjaToken> lex_jinja(std::string_view text);

}  // namespace mlops::formats
