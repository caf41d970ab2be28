#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

namespace mlops::formats {
namespace {

using domain::Safety;

std::string format_of(std::string_view text) { return inspect_file(MemorySource{text}).format; }
domain::Scan scanned(std::string_view text) { return scan_file(MemorySource{text}); }

TEST_CASE("YAML is recognised by what it holds") {
  CHECK(format_of("a: 1\nb:\n- c\n") == "yaml");
  CHECK(format_of("- a\n- b\n") == "yaml");
  CHECK(format_of("# settings\n---\na: 1\n") == "yaml");
  CHECK(format_of(fmt::format("x: 1\n{:#>100000}\n", "")) == "yaml");
  CHECK(format_of("just words") != "yaml");
  CHECK(format_of("# Title\n\nwords: and more\nwords\n") != "yaml");
  CHECK(format_of("") != "yaml");
  CHECK(format_of(R"({"a": 1})") != "yaml");
  CHECK(format_of(std::string_view{"a: \0", 4}) != "yaml");
}

TEST_CASE("tags of Python's are dangerous wherever they stand") {
  CHECK(scanned("a: 1\n").safety == Safety::allowlisted);
  CHECK(scanned("a: !!python/tuple [1]\n").safety == Safety::allowlisted);
  const domain::Scan scan = scanned("a: 1\nb: !!python/object/apply:os.system ['id']\n");
  CHECK(scan.safety == Safety::dangerous);
  REQUIRE(scan.findings.size() == 1);
  CHECK(scan.findings[0].rule == "yaml.python-tag");
  CHECK(scan.findings[0].what == "tag `!!python/object/apply:os.system` in line 2 makes a loader call what it names");
  CHECK(scanned("{a: !!python/name:os.system ''}").safety == Safety::dangerous);
  CHECK(scanned("words\n... \n--- !!python/module:os ''\n").safety == Safety::dangerous);
  CHECK(scanned("%TAG !p! tag:yaml.org,2002:python/\n---\n!p!object/new:os.system [id]").safety == Safety::dangerous);
  CHECK(scanned("a: !!javax.script.ScriptEngineManager []").safety == Safety::unknown);
  CHECK(scanned("[\n!!python/module:os").safety == Safety::dangerous);
  CHECK(scanned("a: [\nb: ] !!python/module:os").safety == Safety::unknown);
  CHECK(scanned(fmt::format("{:[>100}!!python/module:os ''{:]>100}", "", "")).safety == Safety::unscannable);
}

}  // namespace
}  // namespace mlops::formats
