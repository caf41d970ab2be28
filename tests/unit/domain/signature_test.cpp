#include <mlops/domain/signature.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

namespace mlops::domain {
namespace {

Signature read(std::string_view text) { return parse_signature(parse_json(text, "test"), "signature.json"); }

using Shape = std::vector<Json>;

TEST_CASE("a signature is written and read back as the same") {
  const Signature signature{
      .inputs = {{.name = "age", .dtype = "int64", .shape = {}},
                 {.name = "image", .dtype = "float32", .shape = Shape{"batch", 28, nullptr}, .required = false}},
      .outputs = {{.name = "", .dtype = "int64", .shape = Shape{nullptr}}},
      .params = {}};
  CHECK(to_json(signature) ==
        parse_json(R"({"inputs":[{"name":"age","dtype":"int64","shape":null,"required":true},)"
                   R"({"name":"image","dtype":"float32","shape":["batch",28,null],"required":false}],)"
                   R"("outputs":[{"name":"","dtype":"int64","shape":[null],"required":true}],"params":[]})",
                   "expected"));
  CHECK(parse_signature(to_json(signature), "it") == signature);
}

// The `signature` of the MLmodel that MLflow 3.17.2 wrote for scikit-learn 1.2.1: tests/oracles/mlflow_folder.py.
TEST_CASE("MLflow's signature, whose lists are JSON text") {
  const Signature signature = read(R"json({
    "inputs": "[{\"type\": \"long\", \"name\": \"age\", \"required\": true}, {\"type\": \"double\", \"name\": \"income\", \"required\": false}]",
    "outputs": "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"int64\", \"shape\": [-1]}}]",
    "params": "[{\"name\": \"threshold\", \"default\": 0.5, \"shape\": null, \"type\": \"double\"}, {\"name\": \"labels\", \"default\": [\"a\", \"b\"], \"shape\": [-1], \"type\": \"string\"}]"})json");
  CHECK(signature.inputs == std::vector<Port>{{.name = "age", .dtype = "int64", .shape = {}},
                                              {.name = "income", .dtype = "float64", .shape = {}, .required = false}});
  CHECK(signature.outputs == std::vector<Port>{{.name = "", .dtype = "int64", .shape = Shape{nullptr}}});
  CHECK(signature.params ==
        std::vector<Port>{{.name = "threshold", .dtype = "float64", .shape = {}, .required = false},
                          {.name = "labels", .dtype = "string", .shape = Shape{nullptr}, .required = false}});
}

TEST_CASE("MLflow's nested columns are told by their type") {
  const Signature signature = read(R"({"inputs": [
    {"type": "array", "items": {"type": "string"}, "name": "tags", "required": false},
    {"type": "object", "properties": {"a": {"type": "long", "required": true}, "b": {"type": "string", "required": false}},
     "name": "o", "required": true},
    {"type": "map", "values": {"type": "array", "items": {"type": "double"}}, "name": "m", "required": true},
    {"type": "string", "name": "old", "optional": true}], "outputs": null, "params": null})");
  REQUIRE(signature.inputs.size() == 4);
  CHECK(signature.inputs[0] == Port{.name = "tags", .dtype = "string", .shape = Shape{nullptr}, .required = false});
  CHECK(signature.inputs[1].dtype == "object{a: int64, b?: string}");
  CHECK(signature.inputs[2].dtype == "map<array<float64>>");
  CHECK_FALSE(signature.inputs[3].required);
}

TEST_CASE("the short form by names") {
  CHECK(read(R"({"inputs": {"age": "long", "image": {"dtype": "float32", "shape": [-1, 3]}}})").inputs ==
        std::vector<Port>{{.name = "age", .dtype = "int64", .shape = {}},
                          {.name = "image", .dtype = "float32", .shape = Shape{nullptr, 3}}});
}

TEST_CASE("an error names the file and the key") {
  const auto refuses = [](std::string_view text, const std::string& message) {
    CAPTURE(text);
    CHECK_THROWS_WITH(read(text), message);
  };
  refuses("[]", "signature.json: a signature is a JSON object with `inputs` and `outputs`");
  refuses(R"({"input": []})", "signature.json: a signature is a JSON object with `inputs` and `outputs`");
  refuses(R"({"inputs": 3})", "signature.json: inputs: must be a list");
  refuses(R"({"inputs": [1]})", "signature.json: inputs[0]: must be an object with `name`, `dtype` and `shape`");
  refuses(R"({"inputs": [], "outputs": [{"name": 3}]})", "signature.json: outputs[0]: `name` must be text");
  refuses(R"({"inputs": [{"name": "a"}, {"name": "b", "dtpye": "int64"}]})",
          "signature.json: inputs[1]: unknown key `dtpye`; did you mean `dtype`?");
  refuses(R"({"inputs": [{"name": "a", "shape": [-2]}]})",
          "signature.json: inputs[0]: `shape` must be a list of sizes, names and nulls, or null");
  refuses(R"({"inputs": [{"name": "a", "required": "yes"}]})",
          "signature.json: inputs[0]: `required` must be true or false");
  refuses(R"({"inputs": [{"name": "a"}, {"name": "a"}]})", "signature.json: inputs[1]: a second `a`");
  refuses(R"({"inputs": "[1"})", "signature.json: inputs:1:3: unexpected end of input; expected ']'");
  refuses(R"({"inputs": [{"type": "tensor", "tensor-spec": {"dtype": 1}}]})",
          "signature.json: inputs[0]: `dtype` must be text");
}

}  // namespace
}  // namespace mlops::domain
