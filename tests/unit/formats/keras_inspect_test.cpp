#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>

#include "keras/config.hpp"
#include "oracle_files.hpp"

namespace mlops::formats {
namespace {

domain::Inspection inspect_text(std::string_view text) { return inspect_file(MemorySource{text}); }

Json shape_json(const domain::Port& port) { return port.shape ? Json{*port.shape} : Json{}; }

Json::Array classes_of(const domain::Inspection& inspection) {
  Json::Array classes;
  for (const auto& [name, value] : inspection.facts) {
    if (name != "layers") continue;
    for (const Json& layer : value.as_array()) classes.push_back(layer.at("class"));
  }
  return classes;
}

// Keras lists neither the input of a chain nor its operations among the layers.
bool contains_in_order(const Json::Array& found, const Json::Array& expected) {
  auto at = found.begin();
  for (const Json& name : expected) {
    at = std::find(at, found.end(), name);
    if (at == found.end()) return false;
    ++at;
  }
  return true;
}

// keras_files.json is what Keras saved and said, see keras_files.py beside it.
TEST_CASE("the configuration of a Keras model tells what Keras tells") {
  const Json examples = oracle("keras_files.json");
  for (const Json& example : examples.as_array()) {
    CAPTURE(example.at("name").as_string());
    const Json& expected = example.at("model");
    const domain::Inspection inspection = inspect_text(example.at("config").as_string());
    CHECK(inspection.format == "keras-json");
    CHECK(inspection.problems.empty());
    CHECK(inspection.architecture == expected.at("class").as_string());
    if (inspection.architecture == "Sequential") {
      CHECK(contains_in_order(classes_of(inspection), expected.at("layers").as_array()));
    }
    const auto& inputs = expected.at("inputs").as_array();
    REQUIRE(inspection.signature.inputs.size() == inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      CHECK(inspection.signature.inputs[i].dtype == inputs[i].as_array().at(1).as_string());
      CHECK(shape_json(inspection.signature.inputs[i]) == inputs[i].as_array().at(2));
    }
    const auto& outputs = expected.at("outputs").as_array();
    REQUIRE(inspection.signature.outputs.size() == outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const domain::Port& port = inspection.signature.outputs[i];
      CHECK(port.dtype == outputs[i].as_array().at(0).as_string());
      // Not every layer says what comes out of it.
      CHECK((!port.shape || shape_json(port) == outputs[i].as_array().at(1)));
    }
  }
}

TEST_CASE("an HDF5 file of Keras tells its weights, its layers and how it was trained") {
  const Json examples = oracle("keras_files.json");
  const std::string bytes = bytes_of(examples, "chain");
  const domain::Inspection inspection = inspect_text(bytes);
  CHECK(inspection.format == "keras-hdf5");
  CHECK(inspection.problems.empty());
  CHECK(inspection.architecture == "Sequential");
  CHECK(inspection.libraries.contains("keras"));
  const Json& model = examples.as_array().at(0).at("model");
  CHECK(inspection.parameters == static_cast<std::uint64_t>(model.at("parameters").as_integer()));
  CHECK(classes_of(inspection) == Json::Array{"InputLayer", "Dense", "Dropout", "Dense"});
  REQUIRE(inspection.signature.inputs.size() == 1);
  CHECK(inspection.signature.inputs[0] == domain::Port{"x", "float32", std::vector<Json>{nullptr, 4}});
  REQUIRE(inspection.signature.outputs.size() == 1);
  CHECK(inspection.signature.outputs[0].shape == std::vector<Json>{nullptr, 2});
  CHECK(inspection.hyperparameters.at("optimizer") == Json{"SGD"});
  CHECK(inspection.hyperparameters.at("learning_rate") == Json{0.25});
  CHECK(inspection.hyperparameters.at("loss") == Json{"mse"});
}

// As tf.keras 2.4 wrote it.
TEST_CASE("configurations of Keras 2 and Keras 1 are read") {
  const domain::Inspection two = inspect_text(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dense", "config": {"name": "d", "batch_input_shape": [null, 4], "dtype": "float32", "units": 3}},
      {"class_name": "Dense", "config": {"name": "e", "dtype": "float32", "units": 1}}]},
      "keras_version": "2.4.0", "backend": "tensorflow"})");
  CHECK(two.format == "keras-json");
  CHECK(two.libraries.at("keras") == "2.4.0");
  REQUIRE(two.signature.inputs.size() == 1);
  CHECK(two.signature.inputs[0] == domain::Port{"d_input", "float32", std::vector<Json>{nullptr, 4}});
  CHECK(two.signature.outputs[0] == domain::Port{"e", "float32", std::vector<Json>{nullptr, 1}});

  const domain::Inspection one = inspect_text(
      R"({"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"batch_input_shape": [null, 2]}}]})");
  CHECK(one.architecture == "Sequential");
  CHECK(one.signature.inputs.at(0).shape == std::vector<Json>{nullptr, 2});
}

TEST_CASE("a graph tells the layers at its ends, in each of the ways they are written") {
  const std::string start = R"({"class_name": "Functional", "config": {"layers": [
      {"class_name": "InputLayer", "name": "a", "config": {"batch_shape": {"class_name": "__tuple__", "items": [null, 8]},
       "dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}}},
      {"class_name": "Dense", "name": "d", "config": {"units": 5}, "build_config": {"input_shape": [null, 8]}}], )";
  for (const std::string_view ends : {R"("input_layers": [["a", 0, 0]], "output_layers": [["d", 0, 0]])",
                                      R"("input_layers": ["a", 0, 0], "output_layers": ["d", 0, 0])",
                                      R"("input_layers": {"x": ["a", 0, 0]}, "output_layers": {"y": ["d", 0, 0]})"}) {
    CAPTURE(ends);
    const domain::Inspection inspection = inspect_text(start + std::string{ends} + "}}");
    REQUIRE(inspection.signature.inputs.size() == 1);
    CHECK(inspection.signature.inputs[0] == domain::Port{"a", "float16", std::vector<Json>{nullptr, 8}});
    REQUIRE(inspection.signature.outputs.size() == 1);
    CHECK(inspection.signature.outputs[0].shape == std::vector<Json>{nullptr, 5});
  }
}

TEST_CASE("a configuration of odd types is read as far as it goes") {
  for (
      const std::string_view text :
      {R"({"class_name": "Sequential", "config": {"layers": 7}})",
       R"({"class_name": "Sequential", "config": {"layers": [1, null, [], {"class_name": 3, "config": "x"}]}})",
       R"({"class_name": "Functional", "config": {"input_layers": [[[[]]], {}, 4], "output_layers": "x", "layers": {}}})",
       R"({"class_name": "Sequential", "config": [], "compile_config": {"optimizer": [1], "loss": {"a": [{}]}}})"}) {
    CAPTURE(text);
    CHECK_NOTHROW(inspect_text(text));
    CHECK(inspect_text(text).format == "keras-json");
  }
}

TEST_CASE("JSON that is no Keras model is not taken for one") {
  CHECK(inspect_text(R"({"model_type": "llama"})").format != "keras-json");
  CHECK(inspect_text(R"({"class_name": "Sequential"})").format != "keras-json");
  CHECK(inspect_text(R"([{"class_name": "Sequential", "config": {}}])").format != "keras-json");
}

TEST_CASE("Python's words for odd numbers are no obstacle") {
  const Json value = parse_keras_json(R"({"a": NaN, "b": [-Infinity, Infinity, -1], "c": "NaN \" Infinity"})");
  CHECK(value == parse_json(R"({"a": null, "b": [null, null, -1], "c": "NaN \" Infinity"})", "expected"));
}

}  // namespace
}  // namespace mlops::formats
