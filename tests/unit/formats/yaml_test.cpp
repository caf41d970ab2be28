#include "yaml/yaml.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::formats {
namespace {

Json read(std::string_view text) { return parse_yaml(text, "MLmodel"); }

TEST_CASE("mappings, lists and scalars in block and flow style") {
  CHECK(read("a: 1\nb:\n- x\n- {c: 2.5, 'd': \"e\\n\"}\nf: |\n  two\n  lines\n") ==
        parse_json(R"({"a": 1, "b": ["x", {"c": 2.5, "d": "e\n"}], "f": "two\nlines\n"})", "expected"));
  CHECK(read("").is_null());
  CHECK(read("# nothing\n").is_null());
  CHECK(read("--- text\n...\n") == Json{"text"});
}

// yaml_scalars.json is what PyYAML's safe loader makes of each text: tests/oracles/yaml_scalars.py.
TEST_CASE("plain scalars are what PyYAML's safe loader takes them for") {
  const std::filesystem::path oracle = std::filesystem::path{MLOPS_ORACLES} / "yaml_scalars.json";
  const Json cases = parse_json(read_file(oracle), oracle.string());
  REQUIRE(cases.as_array().size() > 80);
  for (const Json& example : cases.as_array()) {
    const std::string& text = example.at("text").as_string();
    CAPTURE(text);
    CHECK(read("- " + text + "\n").as_array().at(0) == example.at("value"));
  }
}

TEST_CASE("quoted and tagged scalars keep or change their type") {
  CHECK(read("['1', \"yes\", !!str 1, ! 2]") == parse_json(R"(["1", "yes", "1", "2"])", "expected"));
  CHECK(read("[!!int '3', !!float 4, !!null '', !!bool 'no']") == parse_json("[3, 4.0, null, false]", "expected"));
  CHECK_THROWS_WITH(read("!!int x"), "MLmodel:1:1: tag `tag:yaml.org,2002:int` does not fit what it stands before");
  CHECK_THROWS_WITH(read("a: !local x"), "MLmodel:1:4: tag `!local` is none of YAML's own");
  CHECK_THROWS_WITH(read("a: !!python/object/apply:os.system [ls]"), Catch::Contains("does not fit"));
}

TEST_CASE("aliases stand for what was anchored, and merges for its members") {
  CHECK(read("a: &x [1, 2]\nb: *x\n") == parse_json(R"({"a": [1, 2], "b": [1, 2]})", "expected"));
  CHECK(read("base: &b {x: 1, y: 2}\nown: {y: 3, <<: *b}\n") ==
        parse_json(R"({"base": {"x": 1, "y": 2}, "own": {"y": 3, "x": 1}})", "expected"));
  CHECK_THROWS_WITH(read("a: *x\n"), "MLmodel:1:4: alias `*x` refers to nothing before it");
  CHECK_THROWS_WITH(read("&x [*x]"), Catch::Contains("refers to nothing"));
  CHECK_THROWS_WITH(read("a: {<<: 3}"), Catch::Contains("merges something that is not a mapping"));
}

TEST_CASE("a billion laughs are not laughed") {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 12; ++i) {
    text += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 9; ++j) text += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    text += "]\n";
  }
  CHECK_THROWS_WITH(read(text), Catch::Contains("aliases expand to more than 8.4 MB"));
  std::string nested(50, ' ');
  for (int i = 0; i < 50; ++i) nested += fmt::format("&n{} [", i);
  nested += std::string(1'000'000, 'x') + std::string(50, ']');
  CHECK_THROWS_WITH(read(nested), Catch::Contains("aliases expand"));
}

TEST_CASE("what is not one plain document is refused with its place") {
  CHECK_THROWS_WITH(read("a: 1\na: 2\n"), "MLmodel:2:1: duplicate key `a`");
  CHECK_THROWS_WITH(read("a: 1\n---\nb: 2\n"), "MLmodel:2:1: a second document, where one is expected");
  CHECK_THROWS_WITH(read("? [a]\n: 1\n"), "MLmodel:1:3: a key that is not a scalar");
  CHECK_THROWS_WITH(read("a: [1\n"), Catch::Contains("MLmodel:2:1: "));
  CHECK_THROWS_WITH(read("a: \x01\n"), Catch::Contains("control characters are not allowed"));
  CHECK_THROWS_WITH(read(std::string(70, '[') + std::string(70, ']')), "MLmodel:1:65: nested more than 64 levels deep");
  CHECK_THROWS_WITH(read(std::string(5'000'000, ' ')), "MLmodel: larger than 4.2 MB");
  std::string directives;
  for (int i = 0; i < 200; ++i) directives += fmt::format("%TAG !a{}! x\n", i);
  CHECK_THROWS_WITH(read(directives), "MLmodel: more than 100 tag directives");
}

TEST_CASE("however it is cut off, it is read or refused") {
  const std::string text = "a: &x [1, \"two\", {b: ~}]\nc: *x\nd: |\n  e\n? f\n: !!str 1\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    try {
      (void)read(std::string_view{text}.substr(0, size));
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
    }
  }
}

TEST_CASE("tags that make objects are found however they are written") {
  const auto tags = [](std::string_view text) {
    std::string found;
    for (const YamlTag& tag : object_tags(text).tags) found += fmt::format("{}@{} ", tag.tag, tag.line);
    return found;
  };
  CHECK(tags("a: 1\nb: !!python/object/apply:os.system ['id']\n") == "python/object/apply:os.system@2 ");
  CHECK(tags("!<tag:yaml.org,2002:python/name:os.system> ''") == "python/name:os.system@1 ");
  CHECK(tags("%TAG !p! tag:yaml.org,2002:python/\n---\n!p!object/new:os.system [id]") ==
        "python/object/new:os.system@3 ");
  CHECK(tags("a: 1\n---\n- !!python/module:os ''\n- [") == "python/module:os@3 ");
  CHECK(tags("? !!python/object:m.C {}\n: 1") == "python/object:m.C@1 ");
  CHECK(tags("!!javax.script.ScriptEngineManager []") == "javax.script.ScriptEngineManager@1 ");
  CHECK(tags("[!!python/tuple [1], !!python/unicode a, !!str b, !!set {}, !local c]").empty());
  CHECK(object_tags("a: [").broken == "YAML:2:1: did not find expected node content");
  CHECK(object_tags(std::string(100, '[')).given_up);
}

}  // namespace
}  // namespace mlops::formats
