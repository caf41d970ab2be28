#include "code/python_tokens.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats::code {
namespace {

std::string kind_name(Token::Kind kind) {
  constexpr std::string_view names[] = {"name", "number", "string", "op", "shell", "newline"};
  return std::string{names[static_cast<std::size_t>(kind)]};
}

// The texts of the tokens, lines ended by "/".
std::string texts(std::string_view source, Dialect dialect = Dialect::python) {
  std::string result;
  for (const Token& token : tokenise(source, dialect).list) {
    result += token.kind == Token::Kind::newline ? "/" : std::string{token.text};
    result += ' ';
  }
  return result;
}

// python_tokens.json is what Python's tokenize module finds: tests/oracles/python_tokens.py.
TEST_CASE("tokens are those of Python") {
  const std::filesystem::path oracle = std::filesystem::path{MLOPS_ORACLES} / "python_tokens.json";
  const Json cases = parse_json(read_file(oracle), oracle.string());
  REQUIRE(cases.as_array().size() > 10);
  for (const Json& example : cases.as_array()) {
    const std::string& source = example.at("source").as_string();
    CAPTURE(source);
    const Tokens tokens = tokenise(source, Dialect::python);
    CHECK(tokens.broken.empty());
    const Json::Array& expected = example.at("tokens").as_array();
    REQUIRE(tokens.list.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Json::Array& token = expected[i].as_array();
      CHECK(kind_name(tokens.list[i].kind) == token[0].as_string());
      CHECK(tokens.list[i].text == token[1].as_string());
      CHECK(tokens.list[i].line == token[2].as_integer());
    }
  }
}

TEST_CASE("a string tells its prefix and what is between its quotes") {
  const Tokens tokens = tokenise("rb'a\\'b' \"\"\"x\ny\"\"\" ''", Dialect::python);
  REQUIRE(tokens.list.size() == 4);
  CHECK(tokens.list[0].prefix == "rb");
  CHECK(tokens.list[0].content == "a\\'b");
  CHECK(tokens.list[1].content == "x\ny");
  CHECK(tokens.list[2].content.empty());
}

TEST_CASE("lines of IPython are tokens of their own") {
  CHECK(texts("%matplotlib inline\n!pip install x \\\n  y\nf = !ls\n?help\nx = a % b\n", Dialect::ipython) ==
        "%matplotlib inline / !pip install x \\\n  y / f = !ls / ?help / x = a % b / ");
  CHECK(texts("s = '''\n%d\n!x'''\nf(\n%a)", Dialect::ipython) == "s = '''\n%d\n!x''' / f ( % a ) / ");
}

TEST_CASE("what is not Python is told by its line and stepped over") {
  const auto broken = [](std::string_view source) {
    const Tokens tokens = tokenise(source, Dialect::python);
    return std::to_string(tokens.broken_line) + " " + tokens.broken;
  };
  CHECK(broken("x = 1\n") == "0 ");
  CHECK(broken("x = 'a\ny = 1\n") == "1 a string is not closed");
  CHECK(broken("\nx = '''a\n") == "2 a string is not closed");
  CHECK(broken("x = (1,\n") == "1 `(` is not closed");
  CHECK(broken("x = 1)\n") == "1 `)` closes nothing");
  CHECK(broken("x = (1]\n") == "1 `]` closes nothing");
  CHECK(broken("x = $a\n") == "1 `$` is no part of Python");
  CHECK(texts("x = 'a\ny = 1\n") == "x = 'a / y = 1 / ");
}

TEST_CASE("however a source is cut off, its tokens stay within it") {
  const std::string source = "x = f'{a}' + '''b\\'''' # c\nif (y):\n\tz = r\"\\\"\\\n\" \\\n  .5e-3\r\n!\xC3\xBC";
  for (std::size_t size = 0; size <= source.size(); ++size) {
    const std::string_view part = std::string_view{source}.substr(0, size);
    for (const Dialect dialect : {Dialect::python, Dialect::ipython}) {
      for (const Token& token : tokenise(part, dialect).list) {
        if (token.text.empty()) continue;
        CHECK((token.text.data() >= part.data() && token.text.data() + token.text.size() <= part.data() + part.size()));
      }
    }
  }
}

}  // namespace
}  // namespace mlops::formats::code
