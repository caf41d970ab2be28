// The statements of Python source, with the block they stand in, and the calls in them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "code/python_tokens.hpp"

namespace mlops::formats::code {

using TokenSpan = std::span<const Token>;

struct Statement {
  TokenSpan tokens;       // without the newline; of a block only its header, without the colon
  std::size_t scope = 0;  // 0 outside of functions and classes; else a number for the innermost one
  [[nodiscard]] int line() const { return tokens.front().line; }
  [[nodiscard]] bool starts_with(std::string_view word) const { return tokens.front().is(word); }
};

// Those behind a semicolon, or behind the colon of their block's header, are statements of their own.
std::vector<Statement> statements_of(const std::vector<Token>& tokens);

// `np.random.rand(3, seed=1)`: name "np.random.rand"; of what is called on something without a name (`f().fit(x)`) it
// begins with a dot.
struct Call {
  std::string name;
  TokenSpan arguments;  // between the brackets
  int line = 0;
  [[nodiscard]] std::string_view last() const;  // "rand"
  // The value of a keyword argument; nullopt when it is not given.
  [[nodiscard]] std::optional<TokenSpan> keyword(std::string_view name) const;
  [[nodiscard]] std::vector<TokenSpan> positional() const;
};
std::vector<Call> calls_of(const Statement& statement);

// What names mean that `import` gave: `np` is "numpy". Others are themselves.
class Imports {
 public:
  void read(const Statement& statement);
  [[nodiscard]] std::string full_name(std::string_view dotted) const;
  // Names that the statement brings: "np"; "*" for all of a module.
  static std::vector<std::string> names_of(const Statement& statement);

 private:
  struct Import {
    std::string name;  // in this file
    std::string meaning;
  };
  static std::vector<Import> imports_of(const Statement& statement);
  std::vector<Import> imports_;
};

// The arguments of a call, or the items of a list: what stands between commas outside of inner brackets.
std::vector<TokenSpan> items_of(TokenSpan tokens);

}  // namespace mlops::formats::code
