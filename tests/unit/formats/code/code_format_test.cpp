#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

namespace mlops::formats {
namespace {

std::string format_of(std::string_view text) { return inspect_file(MemorySource{text}).format; }

TEST_CASE("Python is recognised by what it holds") {
  CHECK(format_of("import os\nprint(1)\n") == "python");
  CHECK(format_of("#!/usr/bin/env python3\nx = 1\n") == "python");
  CHECK(format_of("'''doc'''\nfrom . import x\n") == "python");
  CHECK(format_of("@d\nclass C(B):\n    def f(self):\n        return not x\n") == "python");
  CHECK(format_of("def f(): pass\n" + std::string(100'000, '#') + "\n") == "python");

  CHECK(format_of("x = 1\n") != "python");
  CHECK(format_of("import the data from the store before use\n") != "python");
  CHECK(format_of("# Title\n\nSome words, and more.\n") != "python");
  CHECK(format_of("from: ada\nto: bob\n") != "python");
  CHECK(format_of("class of 2024\n") != "python");
  CHECK(format_of("cos\nsystem\n(S'ls'\ntR.") != "python");  // a pickle of protocol 0
  CHECK(format_of("def f() {\n}\n") != "python");
  CHECK(format_of("#include <x>\nint main() { return 0; }\n") != "python");
  CHECK(format_of("import x\n\x01") != "python");
}

TEST_CASE("code in a version is neither a model nor a finding") {
  const MemorySource source{"import os\nimport numpy as np\nfrom torch.nn import Linear\nos.system('ls')\n"};
  const domain::Inspection inspection = inspect_file(source);
  REQUIRE(inspection.facts.size() == 1);
  CHECK(to_line(inspection.facts[0].second) == R"(["numpy", "os", "torch"])");
  const domain::Scan scan = scan_file(source);
  CHECK(scan.safety == domain::Safety::allowlisted);
  CHECK_FALSE(scan.supported);
}

TEST_CASE("a notebook is recognised by its keys") {
  CHECK(format_of(R"({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})") == "notebook");
  CHECK(format_of("{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"source\": \"" +
                  std::string(100'000, 'x')) == "notebook");
  CHECK(format_of(R"({"nbformat": 3, "worksheets": [{"cells": []}]})") == "notebook");
  CHECK(format_of(R"({"cells": 3})") != "notebook");
  CHECK(format_of(R"(["cells", "nbformat"])") != "notebook");
  CHECK(format_of(R"({"properties": {"nbformat": {"type": "integer"}, "cells": {"type": "array"}}})") != "notebook");
}

}  // namespace
}  // namespace mlops::formats
