#include "onnx/onnx.hpp"

#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "inner_path.hpp"
#include "unit/formats/memory_files.hpp"
#include "unit/formats/onnx_writer.hpp"

namespace mlops::formats {
namespace {

using namespace wire;
using domain::Safety;
using Entries = std::vector<std::pair<std::string, std::string>>;

domain::Scan scan_beside(const Entries& entries, const std::string& name, std::size_t size) {
  const MemoryFiles files{{{"m/model.onnx", onnx_model_outside(entries)}, {name, std::string(size, '\0')}}};
  for (FileScan& file : scan(files).files) {
    if (file.path == "m/model.onnx") return file.scan;
  }
  return {};
}

std::string what_of(const domain::Scan& scan) { return scan.findings.empty() ? "" : scan.findings.front().what; }

TEST_CASE("data in a file of the same set is what it should be") {
  CHECK(scan_beside({{"location", "w.bin"}}, "m/w.bin", 8).safety == Safety::allowlisted);
  CHECK(scan_beside({{"location", "./d//w.bin"}, {"offset", "4"}, {"length", "8"}}, "m/d/w.bin", 12).safety ==
        Safety::allowlisted);
}

TEST_CASE("data that is missing, or shorter than declared, is malformed") {
  CHECK(what_of(scan_beside({{"location", "w.bin"}}, "w.bin", 8)) == "data lies in the file `w.bin`, which is missing");
  CHECK(what_of(scan_beside({{"location", "w.bin"}}, "m/w.bin", 7)) ==
        "the tensor `w` reaches beyond the end of `m/w.bin` by 1 bytes");
  CHECK(what_of(scan_beside({{"location", "w.bin"}, {"offset", "5"}, {"length", "8"}}, "m/w.bin", 12)) ==
        "the tensor `w` reaches beyond the end of `m/w.bin` by 1 bytes");
  CHECK(what_of(scan_beside({{"location", "w.bin"}, {"offset", "9223372036854775807"}}, "m/w.bin", 12)) ==
        "the tensor `w` begins beyond the end of `m/w.bin`");
  CHECK(what_of(scan_beside({{"location", "w.bin"}, {"length", "4"}}, "m/w.bin", 12)) ==
        "the tensor `w` has 4 bytes of data, and its shape demands 8");
  CHECK(what_of(scan_beside({{"location", "w.bin"}, {"offset", "-1"}}, "m/w.bin", 12)) ==
        "the external data of the tensor `w` has the offset `-1`, which is no number of bytes");
  CHECK(what_of(scan_beside({{"location", "w.bin"}, {"location", "v.bin"}}, "m/v.bin", 12)) ==
        "the external data of the tensor `w` has `location` twice");
}

TEST_CASE("data that lies outside of the folder is dangerous") {
  for (const std::string location :
       {"/etc/passwd", "../w.bin", "a/../../w.bin", "a/..", "..\\w.bin", "C:w.bin", "file:/etc/passwd",
        "https://example.org/w.bin", "", "~/w.bin", "*/_ORT_MEM_ADDR_/*"}) {
    CAPTURE(location);
    const auto scan = scan_beside({{"location", location}}, "m/w.bin", 8);
    CHECK(scan.safety == Safety::dangerous);
    CHECK(scan.findings.front().rule == "onnx.external-path");
  }
  CHECK(why_it_escapes(std::string_view{"w\0.bin", 6}) == "has control characters");
  CHECK_FALSE(why_it_escapes("a/...b/..c"));
}

TEST_CASE("an escape is found in every tensor there is") {
  const std::string tensor = onnx_tensor("t", {2}, external_data({{"location", "/etc/passwd"}}));
  for (const std::string& model :
       {onnx_model(onnx_node("Constant", "", onnx_attribute("value", bytes(5, tensor)))),
        onnx_model(onnx_node("X", "", onnx_attribute("many", bytes(10, tensor)))),
        onnx_model(onnx_node("X", "", onnx_attribute("sparse", bytes(22, bytes(1, tensor))))),
        onnx_model(onnx_node("Relu") + bytes(15, bytes(2, tensor))),
        onnx_model(onnx_node("Relu"), bytes(20, bytes(1, bytes(5, tensor)))),
        onnx_model(onnx_node("If", "", onnx_attribute("then_branch", bytes(6, bytes(5, tensor))))),
        onnx_model(onnx_node(
            "EPContext", "com.microsoft",
            onnx_attribute("ep_cache_context", bytes(4, "../x")) + onnx_attribute("embed_mode", number(3, 0))))}) {
    CHECK(scan_file(MemorySource{model}).safety == Safety::dangerous);
  }
}

TEST_CASE("keys that are none of ONNX's are told") {
  CHECK(scan_beside({{"location", "w.bin"}, {"__class__", "x"}}, "m/w.bin", 8).safety == Safety::dangerous);
  CHECK(scan_beside({{"location", "w.bin"}, {"colour", "x"}}, "m/w.bin", 8).safety == Safety::unknown);
}

TEST_CASE("a model by itself can't be checked, and says so") {
  const std::string model = onnx_model_outside({{"location", "w.bin"}});
  CHECK(what_of(scan_file(MemorySource{model})) ==
        "data lies in the file `w.bin`, which can't be checked without its folder");
  const MemoryFiles alone{{{"model.onnx", model}}};
  CHECK(scan(alone).safety == Safety::unknown);
}

TEST_CASE("an inspection tells what is wrong around a model") {
  const MemoryFiles files{{{"m/model.onnx", onnx_model_outside({{"location", "w.bin"}})}, {"m/w.bin", "short"}}};
  domain::Inspection inspection;
  inspect_onnx_neighbours(files, *files.find("m/model.onnx"), inspection);
  CHECK(inspection.problems ==
        std::vector<std::string>{"the tensor `w` reaches beyond the end of `m/w.bin` by 3 bytes"});
  CHECK(data_files_of_onnx(files, *files.find("m/model.onnx")) == std::vector<std::string>{"m/w.bin"});
}

TEST_CASE("tensors that overlap are told, those that are shared are not") {
  const auto problems_of = [](const std::string& offset) {
    const auto tensor = [](std::string_view name, const std::string& at) {
      return onnx_initializer(
          onnx_tensor(name, {2}, external_data({{"location", "w.bin"}, {"offset", at}, {"length", "8"}})));
    };
    const std::string model = onnx_model_with(tensor("a", "8") + tensor("b", offset));
    return inspect_file(MemorySource{model}).problems;
  };
  CHECK(problems_of("8").empty());
  CHECK(problems_of("16").empty());
  CHECK(problems_of("0").empty());
  CHECK(problems_of("4") == std::vector<std::string>{"the tensors `b` and `a` overlap in `w.bin`"});
  CHECK(problems_of("15") == std::vector<std::string>{"the tensors `a` and `b` overlap in `w.bin`"});
}

}  // namespace
}  // namespace mlops::formats
