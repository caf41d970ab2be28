#include "onnx/onnx.hpp"

#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "unit/formats/onnx_writer.hpp"
#include "unit/formats/oracle_files.hpp"

namespace mlops::formats {
namespace {

using namespace wire;
using domain::Safety;

domain::Inspection inspect_bytes(const std::string& bytes) { return inspect_file(MemorySource{bytes}); }
domain::Scan scan_bytes(const std::string& bytes) { return scan_file(MemorySource{bytes}); }

Json ports_of(const std::vector<domain::Port>& ports) {
  Json all = Json::array();
  for (const domain::Port& port : ports) {
    Json shape;
    if (port.shape) shape = Json{*port.shape};
    all.push_back(
        Json::object({{"name", port.name}, {"dtype", port.dtype}, {"shape", shape}, {"required", port.required}}));
  }
  return all;
}

Json tensors_of(const domain::Inspection& inspection) {
  Json all = Json::array();
  for (const domain::Tensor& tensor : inspection.tensors) {
    Json shape = Json::array();
    for (const std::uint64_t dim : tensor.shape) shape.push_back(Json{dim});
    all.push_back(Json::object({{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", shape}}));
  }
  return all;
}

std::vector<std::string> rules_of(const domain::Scan& scan) {
  std::vector<std::string> rules;
  for (const domain::Finding& finding : scan.findings) rules.push_back(finding.rule);
  return rules;
}

TEST_CASE("models are read as the Python package onnx reads them") {
  const Json examples = oracle("onnx_models.json");
  REQUIRE(examples.as_array().size() >= 10);
  for (const Json& example : examples.as_array()) {
    CAPTURE(example.at("name").as_string());
    const Json& expected = example.at("expected");
    const std::string bytes = from_base64(example.at("model").as_string());
    const auto inspection = inspect_bytes(bytes);
    const Json facts{inspection.facts};
    CHECK(Json{inspection.format} == expected.at("format"));
    CHECK(ports_of(inspection.signature.inputs) == expected.at("inputs"));
    CHECK(ports_of(inspection.signature.outputs) == expected.at("outputs"));
    CHECK(facts.at("opset_imports") == expected.at("opsets"));
    CHECK(facts.at("ir_version") == expected.at("ir_version"));
    CHECK(tensors_of(inspection) == expected.at("tensors"));
    CHECK(inspection.parameters == static_cast<std::uint64_t>(expected.at("parameters").as_integer()));
    CHECK(inspection.problems.empty());
    CHECK(inspection.producer == "oracle 1.0");
    const bool has_data_outside = example.at("name").as_string() == "outside";
    CHECK(scan_bytes(bytes).safety == (has_data_outside ? Safety::unknown : Safety::allowlisted));
  }
}

TEST_CASE("what a model says of itself is told") {
  const Json examples = oracle("onnx_models.json");
  for (const Json& example : examples.as_array()) {
    const auto inspection = inspect_bytes(from_base64(example.at("model").as_string()));
    const Json facts{inspection.facts};
    const std::string& name = example.at("name").as_string();
    if (name == "described") {
      CHECK(inspection.licence == "Apache-2.0");
      CHECK(facts.at("doc_string").as_string() == "two\nlines");
      CHECK(facts.at("domain").as_string() == "org.example");
      CHECK(facts.at("model_version").as_integer() == 7);
      CHECK(facts.at("metadata").at("author").as_string() == "é");
      CHECK(facts.at("operators") == Json::object({{"Relu", 1}}));
    }
    if (name == "branches") CHECK(facts.at("subgraphs").as_integer() == 2);
    if (name == "quantised") CHECK(inspection.quantisation == "int8 QDQ");
    if (name == "with_function") CHECK(facts.at("functions").as_integer() == 1);
    if (name == "outside") {
      CHECK(inspection.tensors.at(0).bytes == 24);
      CHECK(facts.at("external_data").at("files") == Json::array({"w.bin"}));
      CHECK(facts.at("external_data").at("checksums").as_string() == "not checked");
    }
  }
}

TEST_CASE("a model is recognised by what is in it, and nothing else is") {
  CHECK(inspect_bytes(onnx_model_with("")).format == "onnx");
  // In any order, and with fields that later versions may bring.
  const std::string graph = onnx_node("Relu") + onnx_input("x");
  CHECK(inspect_bytes(bytes(7, graph) + bytes(8, number(2, 17)) + number(1, 8)).format == "onnx");
  CHECK(inspect_bytes(number(1, 8) + bytes(200, "new") + bytes(7, graph) + bytes(8, number(2, 17))).format == "onnx");
  CHECK(
      inspect_bytes(number(1, 8) + number(2, 0) + bytes(7, bytes(3, "odd") + graph) + bytes(8, number(2, 17))).format ==
      "onnx");

  CHECK(inspect_bytes("").format != "onnx");
  CHECK(inspect_bytes("\x08\x07 is how some texts begin").format != "onnx");
  CHECK(inspect_bytes(number(1, 3) + number(2, 1) + bytes(9, std::string(12, 'x'))).format != "onnx");  // a TensorProto
  CHECK(inspect_bytes(number(1, 8) + bytes(2, "a name") + bytes(3, "another")).format != "onnx");
  CHECK(inspect_bytes(number(1, 8) + bytes(7, "a text")).format != "onnx");
  CHECK(inspect_bytes(bytes(7, graph) + bytes(8, number(2, 17))).format != "onnx");
}

TEST_CASE("a model that is cut off at any byte is told as far as it goes") {
  const std::string whole = onnx_model_with(onnx_initializer(onnx_tensor("w", {2}, raw_data(8))));
  const auto complete = inspect_bytes(whole);
  REQUIRE(complete.problems.empty());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(inspect_bytes(whole.substr(0, size)) != complete);
    (void)scan_bytes(whole.substr(0, size));
  }
  const auto half = inspect_bytes(whole.substr(0, whole.size() / 2));
  CHECK(half.format == "onnx");
  CHECK_FALSE(half.problems.empty());
  CHECK(scan_bytes(whole.substr(0, whole.size() / 2)).safety == Safety::malformed);
}

TEST_CASE("tensors that contradict themselves are malformed") {
  const auto problem_of = [](const std::string& tensor) {
    const std::string model = onnx_model_with(onnx_initializer(tensor));
    const auto inspection = inspect_bytes(model);
    CHECK(inspection.signature.outputs.size() == 1);
    CHECK(scan_bytes(model).safety == Safety::malformed);
    return inspection.problems.empty() ? "" : inspection.problems.front();
  };
  CHECK(problem_of(onnx_tensor("w", {2, 3}, raw_data(20))) ==
        "the tensor `w` has 20 bytes of data, and its shape demands 24");
  CHECK(problem_of(onnx_tensor("w", {2}, "")) == "the tensor `w` has no data");
  CHECK(problem_of(onnx_tensor("w", {2}, raw_data(8) + bytes(4, std::string(8, '\0')))) ==
        "the tensor `w` has its data twice");
  CHECK(problem_of(onnx_tensor("w", {std::uint64_t{1} << 40, std::uint64_t{1} << 40}, raw_data(8))) ==
        "the tensor `w` has more elements than can be counted");
  CHECK(problem_of(onnx_tensor("w", {~std::uint64_t{0}}, raw_data(8))) == "the tensor `w` has a negative dimension");
  CHECK(problem_of(number(1, 2) + number(2, 99) + bytes(8, "w") + raw_data(8)) ==
        "the tensor `w` has the type 99, which is not known");
  // Two elements of four bits to a byte, four of six bits to three bytes
  const auto narrow = [](std::uint64_t type, std::size_t size) {
    return number(1, 3) + number(2, type) + bytes(8, "w") + raw_data(size);
  };
  CHECK(inspect_bytes(onnx_model_with(onnx_initializer(narrow(22, 2)))).problems.empty());
  CHECK(problem_of(narrow(22, 1)) == "the tensor `w` has 1 bytes of data, and its shape demands 2");
  CHECK(inspect_bytes(onnx_model_with(onnx_initializer(narrow(27, 3)))).problems.empty());
  CHECK(problem_of(narrow(27, 2)) == "the tensor `w` has 2 bytes of data, and its shape demands 3");
  const std::string twice = onnx_initializer(onnx_tensor("w", {2}, raw_data(8)));
  CHECK(inspect_bytes(onnx_model_with(twice + twice)).problems.front() == "the tensor `w` is there twice");
}

TEST_CASE("huge declared sizes and deep nesting end in a problem, not in memory or stack") {
  std::string dims;
  for (int i = 0; i < 100'000; ++i) dims += number(1, 1);
  CHECK_FALSE(inspect_bytes(onnx_model_with(onnx_initializer(dims))).problems.empty());

  std::string graph = onnx_node("Relu");
  for (int i = 0; i < 3000; ++i) graph = onnx_node("If", "", onnx_attribute("then_branch", bytes(6, graph)));
  CHECK(inspect_bytes(onnx_model(graph)).problems.front() == "messages are nested more than 100 levels deep");
  CHECK(scan_bytes(onnx_model(graph)).safety == Safety::malformed);

  std::string type;
  for (int i = 0; i < 5000; ++i) type = bytes(4, bytes(1, type));
  CHECK_FALSE(inspect_bytes(onnx_model_with(bytes(11, bytes(1, "x") + bytes(2, type)))).problems.empty());
  CHECK_FALSE(
      inspect_bytes(number(1, 8) + bytes_declaring(7, std::uint64_t{1} << 62, onnx_node("Relu"))).problems.empty());
}

TEST_CASE("operators that need code from elsewhere are not allowlisted") {
  const auto scan_op = [](std::string_view op, std::string_view domain, std::string_view rest = "") {
    return scan_bytes(onnx_model(onnx_node(op, domain), rest));
  };
  CHECK(scan_op("Relu", "").safety == Safety::allowlisted);
  CHECK(scan_op("Relu", "ai.onnx").safety == Safety::allowlisted);
  CHECK(scan_op("TreeEnsembleClassifier", "ai.onnx.ml").safety == Safety::allowlisted);
  CHECK(scan_op("FusedMatMul", "com.microsoft").safety == Safety::allowlisted);
  CHECK(scan_op("Rel", "").safety == Safety::unknown);
  CHECK(scan_op("Relu Add", "").safety == Safety::unknown);
  CHECK(scan_op("Relu", "org.example").safety == Safety::unknown);
  CHECK(rules_of(scan_op("Relu", "org.example")) == std::vector<std::string>{"onnx.custom-op"});
  CHECK(scan_op("ATen", "").safety == Safety::unknown);
  CHECK(scan_op("EPContext", "com.microsoft").safety == Safety::unknown);
  CHECK(scan_op("PythonOp", "com.microsoft").safety == Safety::dangerous);
  CHECK(scan_op("PyOp", "ai.onnx.contrib").safety == Safety::dangerous);
  CHECK(scan_op("BertTokenizer", "ai.onnx.contrib").safety == Safety::unknown);
  // A function of the model itself is as good as its nodes.
  const std::string function = bytes(1, "Twice") + bytes(10, "org.example");
  CHECK(scan_op("Twice", "org.example", bytes(25, function + bytes(7, bytes(4, "Add")))).safety == Safety::allowlisted);
  CHECK(scan_op("Twice", "org.example", bytes(25, function + bytes(7, bytes(4, "PyOp")))).safety == Safety::dangerous);
  CHECK(scan_op("PyOp", "x", bytes(25, bytes(1, "PyOp") + bytes(10, "x"))).safety == Safety::dangerous);
}

TEST_CASE("an operator is found wherever it hides") {
  const std::string bad = onnx_node("PyOp", "ai.onnx.contrib");
  CHECK(scan_bytes(onnx_model(onnx_node("If", "", onnx_attribute("then_branch", bytes(6, bad))))).safety ==
        Safety::dangerous);
  CHECK(scan_bytes(onnx_model(onnx_node("X", "", onnx_attribute("many", bytes(11, bad))))).safety == Safety::dangerous);
  CHECK(scan_bytes(onnx_model(onnx_node("Relu"), bytes(20, bytes(2, bad)))).safety == Safety::dangerous);
  CHECK(scan_bytes(onnx_model(onnx_node("Relu"), bytes(7, bad))).safety == Safety::dangerous);
  std::string flood;
  for (int i = 0; i < 5000; ++i) flood += onnx_node("Op" + std::to_string(i), "org.example");
  CHECK(scan_bytes(onnx_model(flood + bad)).safety == Safety::dangerous);
}

TEST_CASE("the graph in two pieces is one, and said to be in two") {
  const auto inspection =
      inspect_bytes(number(1, 8) + bytes(7, onnx_node("Relu")) + bytes(7, onnx_node("Add")) + bytes(8, number(2, 17)));
  CHECK(Json{inspection.facts}.at("nodes").as_integer() == 2);
  CHECK(inspection.problems.front() == "the graph is given more than once: readers join the pieces");
}

}  // namespace
}  // namespace mlops::formats
