#include "code/statements.hpp"

#include <catch2/catch.hpp>

namespace mlops::formats::code {
namespace {

std::string text_of(TokenSpan tokens) {
  std::string text;
  for (const Token& token : tokens) text += (text.empty() ? "" : " ") + std::string{token.text};
  return text;
}

std::vector<std::string> statements(std::string_view source) {
  const Tokens tokens = tokenise(source, Dialect::python);
  std::vector<std::string> texts;
  for (const Statement& statement : statements_of(tokens.list)) {
    texts.push_back(std::to_string(statement.scope) + " " + text_of(statement.tokens));
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("statements know the function they are in") {
  CHECK(statements("a = 1; b = 2\ndef f(x):\n    if x: return 1\n    def g(): pass\n    c\nclass C:\n  d\ne\n") ==
        Texts{"0 a = 1", "0 b = 2", "0 def f ( x )", "1 if x", "1 return 1", "1 def g ( )", "2 pass", "1 c",
              "0 class C", "3 d", "0 e"});
  CHECK(statements("for k in {1: 2}: x = lambda: 3\nwith (lambda: a)(): y\n") ==
        Texts{"0 for k in { 1 : 2 }", "0 x = lambda : 3", "0 with ( lambda : a ) ( )", "0 y"});
  CHECK(statements(";;\n").empty());
}

TEST_CASE("calls have a dotted name and arguments") {
  const Tokens tokens =
      tokenise("y = np.random.rand(3, f(x), seed=1)[0].sum(axis=0)\ndef g(a): pass\n", Dialect::python);
  const auto all = statements_of(tokens.list);
  const std::vector<Call> calls = calls_of(all[0]);
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].name == "np.random.rand");
  CHECK(calls[0].last() == "rand");
  CHECK(calls[0].positional().size() == 2);
  CHECK(text_of(*calls[0].keyword("seed")) == "1");
  CHECK_FALSE(calls[0].keyword("x"));
  CHECK(calls[1].name == "f");
  CHECK(calls[2].name == ".sum");
  CHECK(calls_of(all[1]).empty());
}

TEST_CASE("imports tell what a name means") {
  const Tokens tokens = tokenise(
      "import numpy as np, torch.nn\nfrom sklearn.model_selection import (train_test_split as tts, KFold,)\nfrom . "
      "import x\nfrom m import *\n",
      Dialect::python);
  Imports imports;
  Texts names;
  for (const Statement& statement : statements_of(tokens.list)) {
    imports.read(statement);
    for (std::string& name : Imports::names_of(statement)) names.push_back(std::move(name));
  }
  CHECK(names == Texts{"np", "torch", "tts", "KFold", "x", "*"});
  CHECK(imports.full_name("np.random.rand") == "numpy.random.rand");
  CHECK(imports.full_name("torch.nn.Linear") == "torch.nn.Linear");
  CHECK(imports.full_name("tts") == "sklearn.model_selection.train_test_split");
  CHECK(imports.full_name("other.x") == "other.x");
  CHECK(imports.full_name(".fit") == ".fit");
}

TEST_CASE("broken statements do no harm") {
  for (const std::string_view source :
       {"import", "from", "from x", "from x import", "from x import (", "import (", "f(", "f(,)", ")f(", "def", "class",
        "x.(", ".", "a = = b", "f(x=)", "import ,", "from . import", "lambda", "async"}) {
    CAPTURE(source);
    const Tokens tokens = tokenise(source, Dialect::python);
    for (const Statement& statement : statements_of(tokens.list)) {
      Imports imports;
      imports.read(statement);
      for (const Call& call : calls_of(statement)) (void)call.positional();
    }
  }
}

}  // namespace
}  // namespace mlops::formats::code
