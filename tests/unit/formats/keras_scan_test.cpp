#include <catch2/catch.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/formats/scan.hpp>

#include "hdf5/hdf5_writer.hpp"
#include "keras/config.hpp"
#include "oracle_files.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

domain::Scan scan_config(std::string_view text) {
  domain::Scan scan;
  Scanning scanning{scan};
  scan_keras_json(text, scanning);
  return scan;
}

std::string findings_text(const domain::Scan& scan) {
  std::string text;
  for (const domain::Finding& finding : scan.findings) text += finding.rule + ": " + finding.what + "\n";
  return text;
}

void check(std::string_view config, Safety expected, std::string_view rule = "") {
  const domain::Scan scan = scan_config(config);
  CAPTURE(config, findings_text(scan));
  CHECK(name_of(scan.safety) == name_of(expected));
  if (rule.empty()) return;
  CHECK(std::ranges::any_of(scan.findings, [&](const domain::Finding& finding) {
    return finding.rule == rule && finding.safety == expected;
  }));
}

std::string layer(std::string_view class_name, std::string_view config, std::string_view more = "") {
  return fmt::format(R"({{"class_name": "{}", "config": {}{}{}}})", class_name, config, more.empty() ? "" : ", ", more);
}

std::string model(const std::string& layer_text) {
  return layer("Sequential", fmt::format(R"({{"layers": [{}]}})", layer_text), R"("module": "keras")");
}

// What python_utils.func_dump gives for `lambda x: x * 2`, see keras_files.py.
constexpr std::string_view code = R"("4wEAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACXAHwAZAF6BQAAUwApAk7pAgAAAKkAKQHaAXhzAQAA\n")";

// keras_files.json is what Keras saved, see keras_files.py beside it.
TEST_CASE("models that Keras saved are allowed unless they hold a lambda") {
  const Json examples = oracle("keras_files.json");
  for (const Json& example : examples.as_array()) {
    const std::string& name = example.at("name").as_string();
    CAPTURE(name);
    const std::string& config = example.at("config").as_string();
    if (name == "chain" || name == "graph") check(config, Safety::allowlisted);
    if (name == "with_lambda" || name == "nested_lambda") check(config, Safety::dangerous, "keras.lambda");
    if (name == "named_function") check(config, Safety::unknown, "keras.lambda");
    check(example.at("metadata").as_string(), Safety::allowlisted);
    if (example.find("parts") == nullptr) continue;
    const domain::Scan scan = scan_file(MemorySource{bytes_of(example)});
    CAPTURE(findings_text(scan));
    CHECK(scan.format == "keras-hdf5");
    CHECK(scan.safety == (name == "chain" ? Safety::allowlisted : Safety::dangerous));
  }
}

TEST_CASE("a Lambda layer is found wherever it is") {
  const std::string lambda = layer("Lambda", fmt::format(R"({{"name": "l", "function": [{}, null, null]}})", code));
  check(model(lambda), Safety::dangerous, "keras.lambda");
  check(model(model(lambda)), Safety::dangerous, "keras.lambda");
  for (const std::string_view wrapper : {"TimeDistributed", "Bidirectional", "SpectralNormalization"}) {
    check(model(layer(wrapper, fmt::format(R"({{"layer": {}}})", lambda))), Safety::dangerous, "keras.lambda");
  }
  check(fmt::format(R"({{"compile_config": {{"loss": {}}}}})", lambda), Safety::dangerous, "keras.lambda");
  check(fmt::format(R"([[{{"anything": {}}}]])", lambda), Safety::dangerous, "keras.lambda");
  check(layer("Custom>Lambda", "{}"), Safety::dangerous, "keras.lambda");
  check(layer("Other", "{}", R"("registered_name": "keras.layers>Lambda")"), Safety::dangerous, "keras.lambda");
}

TEST_CASE("the function of a Lambda layer decides how bad it is") {
  const auto lambda = [](std::string_view config) { return model(layer("Lambda", config)); };
  check(lambda(R"({"function": "tanh"})"), Safety::unknown, "keras.lambda");
  check(lambda(R"({"function": "my_function", "function_type": "function", "module": "__main__"})"), Safety::unknown);
  check(lambda(R"({"function": "system", "function_type": "function", "module": "os"})"), Safety::dangerous);
  check(lambda(R"({"function": "eval", "function_type": "function"})"), Safety::dangerous);
  check(lambda(R"js({"function": "lambda x: __import__('os').system('id')"})js"), Safety::dangerous);
  check(lambda("{}"), Safety::dangerous);
  check(lambda("null"), Safety::dangerous);
  check(lambda(R"({"function": {"class_name": "__lambda__", "config": {"code": "AAAA"}}})"), Safety::dangerous);
  check(lambda(R"({"function": {"class_name": "function", "config": "get_file", "module": "keras.utils"},
                   "arguments": {"origin": "http://example.org"}})"),
        Safety::dangerous, "keras.lambda");
}

TEST_CASE("code that is stored in any place is recognised") {
  check(fmt::format(R"({{"x": [{}]}})", code), Safety::dangerous, "keras.code");
  check(R"({"__lambda__": {"code": "AAAA"}})", Safety::dangerous, "keras.lambda");
  // Text that only begins alike.
  check(R"({"name": "4wEAAAA"})", Safety::allowlisted);
}

TEST_CASE("functions by name are those of Keras, or not known, or dangerous") {
  const auto function = [](std::string_view module, std::string_view name) {
    return fmt::format(R"({{"module": "{}", "class_name": "function", "config": "{}", "registered_name": "function"}})",
                       module, name);
  };
  check(function("builtins", "relu"), Safety::allowlisted);
  check(function("keras.activations", "softmax"), Safety::allowlisted);
  check(function("keras.ops", "mean"), Safety::allowlisted);
  check(function("builtins", "my_loss"), Safety::unknown, "keras.function");
  check(function("my.package", "loss"), Safety::unknown, "keras.function");
  check(function("keras.losses", "deserialize"), Safety::unknown, "keras.function");
  for (const auto& [module, name] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"os", "system"},
                                                                  {"subprocess", "run"},
                                                                  {"builtins", "exec"},
                                                                  {"importlib", "import_module"},
                                                                  {"keras.utils", "get_file"},
                                                                  {"keras.src.utils.file_utils", "get_file"},
                                                                  {"keras.src.utils.python_utils", "func_load"},
                                                                  {"tensorflow.keras.utils", "get_file"},
                                                                  {"tf_keras.src.utils", "get_file"},
                                                                  {"keras.models", "load_model"},
                                                                  {"keras.saving", "load_model"},
                                                                  {"keras.src.saving.saving_lib", "load_model"},
                                                                  {"keras.config", "enable_unsafe_deserialization"},
                                                                  {"keras.src.config", "set_backend"},
                                                                  {"keras.datasets.mnist", "load_data"},
                                                                  {"keras.applications", "ResNet50"},
                                                                  {"keras.src.models.cloning", "clone_model"}}) {
    check(function(module, name), Safety::dangerous, "keras.function");
  }
}

TEST_CASE("classes are those of Keras, or not known, or dangerous") {
  const auto object = [](std::string_view module, std::string_view name, std::string_view registered = "null") {
    return layer(name, "{}", fmt::format(R"("module": "{}", "registered_name": {})", module, registered));
  };
  for (const std::string_view module : {"keras.layers", "keras.src.layers.core.dense", "tensorflow.keras.layers",
                                        "tf_keras.src.layers.core.dense", "keras.layers.experimental.preprocessing",
                                        "keras_hub.layers", "keras_nlp.src.models.bert", "keras_core.layers"}) {
    check(object(module, "Dense"), Safety::allowlisted);
  }
  check(object("keras.src.ops.numpy", "Multiply", R"("Multiply")"), Safety::allowlisted);
  check(layer("Dense", "{}"), Safety::allowlisted);
  check(layer("TensorShape", "null"), Safety::allowlisted);
  check(layer("MyLayer", "{}"), Safety::unknown, "keras.object");
  check(object("keras.layers", "Dense", R"("Custom>Dense")"), Safety::unknown, "keras.object");
  check(object("builtins", "MyLayer", R"("my_package>MyLayer")"), Safety::dangerous, "keras.object");
  check(object("my.layers", "MyLayer"), Safety::unknown, "keras.object");
  check(object("kerasx.layers", "Dense"), Safety::unknown, "keras.object");
  check(object("keras.trainers", "Trainer"), Safety::unknown, "keras.object");
  check(object("keras.utils", "FeatureSpace"), Safety::unknown, "keras.object");
  check(object("keras.layers", "JaxLayer"), Safety::unknown, "keras.object");
  for (const auto& [module, name] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"os", "system"},
           {"subprocess", "Popen"},
           {"builtins", "eval"},
           {"keras.utils", "get_file"},
           {"keras.models", "load_model"},
           {"keras.callbacks", "LambdaCallback"},
           {"keras.src.callbacks.model_checkpoint", "ModelCheckpoint"},
           {"keras.saving", "load_model"},
           {"keras.layers", "TFSMLayer"},
           {"keras.layers", "TorchModuleWrapper"}}) {
    check(object(module, name), Safety::dangerous, "keras.object");
  }
  check(layer("TFSMLayer", "{}"), Safety::dangerous, "keras.object");
  check(layer("Dense", "{}", R"("package": "subprocess")"), Safety::dangerous, "keras.object");
  check(layer("Dense", "{}", R"("registered_name": "os>system")"), Safety::dangerous, "keras.object");
  check(R"({"config": {"thing": {"module": "os", "name": "system"}}})", Safety::dangerous, "keras.object");
}

TEST_CASE("a vocabulary that is a path makes loading read a file") {
  for (const std::string_view name : {"StringLookup", "IntegerLookup", "TextVectorization"}) {
    check(model(layer(name, R"({"vocabulary": "/etc/passwd"})")), Safety::dangerous, "keras.file");
    check(model(layer(name, R"({"vocabulary": ["a", "b"]})")), Safety::allowlisted);
    check(model(layer(name, R"({"vocabulary": null})")), Safety::allowlisted);
  }
}

TEST_CASE("layers that stand for an operation of TensorFlow are judged by it") {
  check(layer("TFOpLambda", R"({"function": "math.multiply"})"), Safety::allowlisted);
  check(layer("TFOpLambda", R"({"function": "concat"})"), Safety::allowlisted);
  check(layer("SlicingOpLambda", R"({"function": "__operators__.getitem"})"), Safety::allowlisted);
  check(layer("TFOpLambda", R"({"function": "io.read_file"})"), Safety::dangerous, "keras.operation");
  check(layer("TFOpLambda", R"({"function": "py_function"})"), Safety::dangerous, "keras.operation");
  check(layer("TFOpLambda", R"({"function": "distribute.x"})"), Safety::unknown, "keras.operation");
  check(layer("TensorFlowOpLayer", R"({"node_def": {"op": "AddV2"}})"), Safety::allowlisted);
  check(layer("TensorFlowOpLayer", R"({"node_def": {"op": "WriteFile"}})"), Safety::dangerous, "keras.operation");
  check(layer("TensorFlowOpLayer", R"({"node_def": "op: 1"})"), Safety::unknown, "keras.operation");
  check(R"({"class_name": "__typespec__", "spec_name": "TensorSpec", "module": null})", Safety::allowlisted);
  check(R"({"class_name": "__typespec__", "spec_name": "load_op_library"})", Safety::dangerous, "keras.object");
}

TEST_CASE("a configuration that can't be read is never clean") {
  check("", Safety::unscannable, "keras.config");
  check("{", Safety::unscannable, "keras.config");
  check(R"({"a": 1, "a": 2})", Safety::unscannable, "keras.config");
  check(std::string(1000, '['), Safety::unscannable, "keras.config");
  // Python's reader takes the last of two members.
  check(R"({"class_name": "Dense", "class_name": "Lambda", "config": {}})", Safety::dangerous, "keras.lambda");

  const domain::Scan number = scan_file(
      MemorySource{file_with_root(attribute("model_config", float32(), dataspace({}), std::string(4, '\0')))});
  CHECK(number.format == "keras-hdf5");
  CHECK(number.safety == Safety::unscannable);
  CHECK(scan_file(MemorySource{file_with_root(text_attribute("model_config", "{"))}).safety == Safety::unscannable);
}

TEST_CASE("a configuration is found in every attribute and text of an HDF5 file") {
  const std::string lambda = model(layer("Lambda", "{}"));
  for (const std::string_view name : {"model_config", "training_config", "anything"}) {
    CAPTURE(name);
    CHECK(scan_file(MemorySource{file_with_root(text_attribute(name, lambda))}).safety == Safety::dangerous);
    CHECK(scan_file(MemorySource{file_with(text_attribute(name, lambda))}).safety == Safety::dangerous);
  }
  const std::string compact = message(0x08, little(3, 1) + little(0, 1) + little(lambda.size(), 2) + lambda);
  const std::string text = file_with(tensor(fixed_text(lambda.size()), {}, compact));
  CHECK(scan_file(MemorySource{text}).safety == Safety::dangerous);
  CHECK(scan_file(MemorySource{file_with_root(text_attribute("title", "{ not JSON"))}).safety == Safety::allowlisted);
}

TEST_CASE("an architecture alone is scanned by its content") {
  const domain::Scan scan = scan_file(MemorySource{model(layer("Lambda", "{}"))});
  CHECK(scan.format == "keras-json");
  CHECK(scan.safety == Safety::dangerous);
}

}  // namespace
}  // namespace mlops::formats
