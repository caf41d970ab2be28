// Python source as tokens: enough to tell names from strings and comments, whatever the version of Python. Never fails:
// what is not Python is told and stepped over. Source: "Lexical analysis" in the Python reference, 3.13.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::formats::code {

struct Token {
  enum class Kind : std::uint8_t {
    name,  // also keywords
    number,
    string,
    op,
    shell,    // IPython's `!command` or `%magic`, to the end of its line
    newline,  // the end of a logical line
  };
  Kind kind = Kind::op;
  std::string_view text;     // as it is written
  std::string_view content;  // of a string: between its quotes, with its backslashes
  std::string_view prefix;   // of a string: "rb"
  int line = 1;
  int indent = 0;  // of the first token of a logical line: columns before it
  [[nodiscard]] bool is(std::string_view other) const { return text == other && kind != Kind::string; }
};

enum class Dialect : std::uint8_t { python, ipython };

struct Tokens {
  std::vector<Token> list;  // views into the text that was given
  std::string broken;       // the first thing that is not Python: "a string is not closed"; "" when all is
  int broken_line = 0;
};

Tokens tokenise(std::string_view text, Dialect dialect);

}  // namespace mlops::formats::code
