#include <mlops/formats/code.hpp>

#include <catch2/catch.hpp>

#include <filesystem>

#include <fmt/format.h>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

#include "code/unit.hpp"

namespace mlops::formats {
namespace {

using Texts = std::vector<std::string>;

struct TestCell {
  std::string source;
  std::optional<int> count;
};

std::string notebook_of(const std::vector<TestCell>& cells) {
  Json::Array list;
  for (const TestCell& cell : cells) {
    list.push_back(Json::object({{"cell_type", "code"},
                                 {"source", cell.source},
                                 {"execution_count", cell.count},
                                 {"metadata", Json::object()},
                                 {"outputs", Json::array()}}));
  }
  return to_text(Json::object(
      {{"cells", Json{std::move(list)}}, {"metadata", Json::object()}, {"nbformat", 4}, {"nbformat_minor", 5}}));
}

Texts warnings(const std::string& notebook, std::string_view rule) {
  Texts texts;
  for (const CodeWarning& warning : read_code_file("n.ipynb", notebook)) {
    if (warning.rule == rule) texts.push_back(fmt::format("{}:{} {}", warning.cell, warning.line, warning.what));
  }
  return texts;
}

Texts hidden(const std::vector<std::string>& sources) {
  std::vector<TestCell> cells;
  int count = 0;
  for (const std::string& source : sources) cells.push_back({source, ++count});
  return warnings(notebook_of(cells), "code.hidden-state");
}

// notebooks.json is what nbformat 5.11.1 wrote: tests/oracles/notebooks.py.
TEST_CASE("notebooks of format 4 and 3 are read alike") {
  const std::filesystem::path oracle = std::filesystem::path{MLOPS_ORACLES} / "notebooks.json";
  const Json versions = parse_json(read_file(oracle), oracle.string());
  for (const auto& [version, text] : versions.as_object()) {
    CAPTURE(version);
    CHECK(warnings(text.as_string(), "code.order") ==
          Texts{"3:0 the cell was run as [1], before or with cell 2 above it, run as [2]",
                "4:0 the cell was not run, though others were"});
    CHECK(warnings(text.as_string(), "code.error-output") == Texts{"3:0 the cell ended in ZeroDivisionError"});
    CHECK(warnings(text.as_string(), "code.no-seed") ==
          Texts{"2:2 `random.random` draws random numbers, and random has no seed"});
  }
}

TEST_CASE("cells in their order, cleared ones and empty ones are no finding") {
  CHECK(warnings(notebook_of({{"a = 1", 1}, {"b = 2", 5}, {" ", {}}}), "code.order").empty());
  CHECK(warnings(notebook_of({{"a = 1", {}}, {"b = 2", {}}}), "code.order").empty());
  CHECK(warnings(notebook_of({{"a = 1", 3}, {"b = 2", 3}}), "code.order").size() == 1);
}

TEST_CASE("an error that its cell announces is none") {
  std::string text = R"({"nbformat": 4, "cells": [{"cell_type": "code", "source": ["1/", "0"], "execution_count": 1,
    "metadata": {"tags": ["raises-exception"]}, "outputs": [{"output_type": "error", "ename": "E"}]}]})";
  CHECK(warnings(text, "code.error-output").empty());
}

TEST_CASE("a name from a cell further down, or from none") {
  CHECK(hidden({"y = x + 1", "x = 1"}) == Texts{"1:1 reads `x`, which only cell 2 further down gives a value"});
  CHECK(hidden({"import numpy as np", "a = np.array(data)"}) == Texts{"2:1 reads `data`, which no cell gives a value"});
  CHECK(hidden({"def f():\n    return later + nowhere", "later = 1"}) ==
        Texts{"1:2 reads `nowhere`, which no cell gives a value"});
}

TEST_CASE("names that cells give in all their ways") {
  CHECK(hidden({"import os.path, sys as s\nfrom m import a, b as c", "os; s; a; c"}).empty());
  CHECK(
      hidden({"x, (y, *z) = w = 1, (2, 3)\nn: int = 1\nfor i, j in w: pass\nwith open('f') as g, h2() as (k, l): pass\n"
              "def h2(): pass\nclass C: pass\ntry: pass\nexcept E2 as e: pass\nE2 = 1\n(m := 1)\nglobal o",
              "x, y, z, w, n, i, j, g, k, l, h2, C, e, m, o"})
          .empty());
  CHECK(hidden({"d = {}\nd['k'] = [u for u in d if (lambda v: v)(u)]\nprint(d.nothing, sep='')\nf'{d}'"}).empty());
  CHECK(hidden({"def f(p, *q, r=1, **t):\n    v = p\n    return [v, q, r, t]"}).empty());
  CHECK(hidden({"%run helpers.py", "helper()"}).empty());
  CHECK(hidden({"from helpers import *", "helper()"}).empty());
  CHECK(hidden({"exec(open('x').read())", "helper()"}).empty());
  CHECK(hidden({"%matplotlib inline\nmodel = 1\nmodel.eval()", "helper()"}).size() == 1);
  CHECK(hidden({"%%time\nx = 1", "x", "display(_, __name__, In)"}).empty());
  CHECK(hidden({"x = 'open", "y"}).empty());
  CHECK(hidden({"d[i] = v", "d = i = v = 0"}).size() == 3);
  CHECK(hidden({"d.a = 1"}).size() == 1);
}

TEST_CASE("cells of another language are left alone") {
  CHECK(hidden({"%%bash\necho $x", "y = 1"}).empty());
  const std::string text = R"json({"nbformat": 4, "metadata": {"kernelspec": {"language": "R"}},
    "cells": [{"cell_type": "code", "source": "x <- c(1 2)", "execution_count": 1, "outputs": []}]})json";
  CHECK(read_code_file("r.ipynb", text).empty());
}

TEST_CASE("a notebook that can't be read is a warning of its own") {
  const auto what = [](std::string_view text) {
    const auto found = read_code_file("n.ipynb", text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule == "code.unreadable");
    return found[0].what;
  };
  CHECK(what("{") == "it:1:2: unexpected end of input; expected string literal");
  CHECK(what("{}") == "it is no notebook: it has no `nbformat`");
  CHECK(what(R"({"nbformat": 2})") == "notebooks of format 2 are not read");
  CHECK(what(R"({"nbformat": 4, "cells": 3})") == "it is no notebook: it has no list of `cells`");
  CHECK(what("\xFF") == "it is not text in UTF-8");
  CHECK(read_code_file("n.ipynb", R"({"nbformat": 4, "cells": [1, {"cell_type": 2}, {"cell_type": "code"}, []]})")
            .empty());
}

TEST_CASE("however a notebook is cut off, it is unreadable") {
  const std::string text = to_line(parse_json(notebook_of({{"x = 1\n'''", 1}}), "test"));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK(read_code_file("n.ipynb", text.substr(0, size)).size() == 1);
  }
}

}  // namespace
}  // namespace mlops::formats
