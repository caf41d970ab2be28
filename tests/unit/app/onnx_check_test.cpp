#include "onnx_check.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

#include <mlops/support/files.hpp>

#include "unit/formats/onnx_writer.hpp"

namespace mlops::app {
namespace {

namespace fs = std::filesystem;
using namespace formats::wire;

// What the program `onnx-check` of this build says of these bytes.
formats::OnnxCheck check_bytes(const std::string& bytes, std::string_view data = "") {
  const TemporaryDirectory folder{fs::temp_directory_path()};
  write_file_atomic(folder.path() / "-model.onnx", bytes);
  if (!data.empty()) write_file_atomic(folder.path() / "w.bin", data);
  return check_onnx(MLOPS_ONNX_CHECK, folder.path() / "-model.onnx").value();
}

// A program in place of `onnx-check`.
formats::OnnxCheck check_with(const std::string& script) {
  const TemporaryDirectory folder{fs::temp_directory_path()};
  const fs::path helper = folder.path() / "helper";
  write_file_atomic(helper, "#!/bin/sh\n" + script + "\n");
  fs::permissions(helper, fs::perms::owner_all);
  return check_onnx(helper, folder.path() / "model.onnx").value();
}

const std::string graph_name = bytes(2, "g");

TEST_CASE("the ONNX library is asked about a model, and infers what the model does not say") {
  // y = Relu(x), where x is 2 by 3, and y any by any
  const std::string any_shape = bytes(2, bytes(1, "") + bytes(1, ""));
  const std::string y_value = bytes(12, bytes(1, "y") + bytes(2, bytes(1, number(1, 1) + any_shape)));
  const std::string model = onnx_model(onnx_node("Relu") + graph_name + onnx_value(11, "x", {2, 3}) + y_value);
  const auto check = check_bytes(model);
  CHECK_FALSE(check.check);
  CHECK_FALSE(check.inference);
  const domain::Port y{"y", "float32", std::vector<Json>{2, 3}};
  REQUIRE(check.outputs.size() == 1);
  CHECK(check.outputs.front() == y);
}

TEST_CASE("what the ONNX library finds wrong is told") {
  CHECK(
      check_bytes(onnx_model(onnx_node("Rel") + graph_name + onnx_input("x") + onnx_output("y"))).check->find("Rel") !=
      std::string::npos);
  CHECK(check_bytes(onnx_model(onnx_node("Relu") + graph_name + onnx_input("x") + onnx_value(12, "y", {7, 7})))
            .inference);
  CHECK(check_bytes("no model at all").check);
  CHECK(check_bytes("").check);
}

TEST_CASE("data outside of a model is looked for beside it") {
  const std::string tensor = onnx_initializer(onnx_tensor("w", {1, 2}, external_data({{"location", "w.bin"}})));
  const std::string add = bytes(1, bytes(1, "x") + bytes(1, "w") + bytes(2, "y") + bytes(4, "Add"));
  const std::string model = onnx_model(add + graph_name + tensor + onnx_input("x") + onnx_output("y"));
  CHECK_FALSE(check_bytes(model, "12345678").check);
  CHECK(check_bytes(model).check);
}

TEST_CASE("a model over which the library crashes is told as broken, and crashes nothing else") {
  CHECK(check_with("kill -SEGV $$").check == "the ONNX library crashed over it, with signal 11");
  CHECK(check_with("echo no sense").check->starts_with("the answer of `onnx-check` can't be read"));
  CHECK(check_with("echo 'error: not today' >&2; exit 1").check == "error: not today");
}

TEST_CASE("without the program nothing is said") { CHECK_FALSE(check_onnx("/nowhere/onnx-check", "model.onnx")); }

}  // namespace
}  // namespace mlops::app
