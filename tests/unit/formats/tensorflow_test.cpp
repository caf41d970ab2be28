#include "tensorflow/tensorflow.hpp"

#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "unit/formats/memory_files.hpp"
#include "unit/formats/oracle_files.hpp"
#include "unit/formats/tensorflow_writer.hpp"

namespace mlops::formats {
namespace {

using namespace wire;
using domain::Safety;

domain::Inspection inspect_bytes(const std::string& bytes) { return inspect_file(MemorySource{bytes}); }

struct Example {
  std::string bytes;
  Json expected;
};

Example example(std::string_view name) {
  const Json examples = oracle("tensorflow_models.json");
  for (const Json& one : examples.as_array()) {
    if (one.at("name").as_string() == name) return {from_base64(one.at("model").as_string()), one.at("expected")};
  }
  return {};
}

Json ports_of(const std::vector<domain::Port>& ports) {
  Json all = Json::array();
  for (const domain::Port& port : ports) {
    Json shape;
    if (port.shape) shape = Json{*port.shape};
    all.push_back(Json::object({{"name", port.name}, {"dtype", port.dtype}, {"shape", shape}}));
  }
  return all;
}

TEST_CASE("SavedModels are read as TensorFlow reads them") {
  for (const std::string name : {"multiply", "old"}) {
    CAPTURE(name);
    const auto [bytes, expected] = example(name);
    const auto inspection = inspect_bytes(bytes);
    const Json facts{inspection.facts};
    CHECK(inspection.format == "savedmodel");
    CHECK(inspection.format_version == "1");
    CHECK(Json{inspection.libraries.at("tensorflow")} == expected.at("tensorflow"));
    CHECK(facts.at("tags") == expected.at("tags"));
    CHECK(facts.at("nodes") == expected.at("nodes"));
    CHECK(ports_of(inspection.signature.inputs) == expected.at("inputs"));
    CHECK(ports_of(inspection.signature.outputs) == expected.at("outputs"));
    CHECK(inspection.parameters == 6);
    CHECK(inspection.problems.empty());
    // Every SavedModel can write its checkpoints: that alone is no danger.
    CHECK(facts.at("operators").find("SaveV2") != nullptr);
    CHECK(scan_file(MemorySource{bytes}).safety == Safety::allowlisted);
  }
}

TEST_CASE("a frozen graph has its weights in its constants") {
  const auto inspection = inspect_bytes(example("frozen").bytes);
  CHECK(inspection.format == "tensorflow-graph");
  CHECK(inspection.parameters == 6);
  CHECK(inspection.tensors == std::vector<domain::Tensor>{{"w", "float32", {3, 2}, 24}});
  CHECK(scan_file(MemorySource{example("frozen").bytes}).safety == Safety::allowlisted);
}

TEST_CASE("the index of a checkpoint names its variables") {
  const auto [bytes, expected] = example("checkpoint");
  const auto inspection = inspect_bytes(bytes);
  CHECK(inspection.format == "tensorflow-checkpoint");
  const auto& variables = expected.at("variables").as_array();
  REQUIRE(variables.size() == inspection.tensors.size() + 1);  // and the objects that they belong to
  for (std::size_t i = 0; i < inspection.tensors.size(); ++i) {
    CHECK(Json{inspection.tensors[i].name} == variables[i + 1].at("name"));
    CHECK(Json{inspection.tensors[i].dtype} == variables[i + 1].at("dtype"));
    CHECK(inspection.tensors[i].shape.size() == variables[i + 1].at("shape").as_array().size());
  }
}

TEST_CASE("a broken index never does more than say so") {
  const std::string whole = example("checkpoint").bytes;
  // The first name shares five bytes with the one before it, of which there is none.
  std::string sharing = whole;
  sharing[0] = 5;
  domain::Inspection inspection;
  CHECK_THROWS_WITH(inspect_checkpoint_index(MemorySource{sharing}, inspection),
                    "a name in the index shares more than there is");
  for (std::size_t size = 0; size < whole.size(); ++size)
    (void)inspect_bytes(whole.substr(0, size) + whole.substr(whole.size() - 48));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char value : {'\0', '\x7F', '\xFF'}) {
      std::string changed = whole;
      changed[at] = value;
      (void)inspect_bytes(changed);
    }
  }
}

TEST_CASE("a SavedModel is told with the files around it") {
  const std::string json = R"({"class_name": "Sequential", "config": {"layers": []}})";
  std::map<std::string, std::string> contents{{"m/saved_model.pb", example("multiply").bytes + bytes(2, "")},
                                              {"m/keras_metadata.pb", keras_metadata(json)},
                                              {"m/variables/variables.index", example("checkpoint").bytes},
                                              {"m/variables/variables.data-00000-of-00001", std::string(1000, '\0')}};
  const auto inspect_all = [&] {
    const MemoryFiles files{contents};
    domain::Inspection inspection;
    inspect_saved_model_folder(files, "m/", inspection);
    return inspection;
  };
  const auto inspection = inspect_all();
  CHECK(inspection.format == "savedmodel");
  CHECK(inspection.architecture == "Sequential");
  CHECK(inspection.problems.empty());
  REQUIRE(inspection.tensors.size() == 2);
  CHECK(inspection.tensors[1] == domain::Tensor{"w/.ATTRIBUTES/VARIABLE_VALUE", "float32", {3, 2}, 24});
  const MemoryFiles files{contents};
  CHECK(data_files_of_checkpoint(files, *files.find("m/variables/variables.index")) ==
        std::vector<std::string>{"m/variables/variables.data-00000-of-00001"});

  contents["m/variables/variables.data-00000-of-00001"] = "short";
  CHECK(inspect_all().problems.size() == 3);
  contents.erase("m/variables/variables.data-00000-of-00001");
  CHECK(inspect_all().problems.size() == 3);
  contents.erase("m/variables/variables.index");
  CHECK(inspect_all().problems == std::vector<std::string>{"`m/variables/variables.index` is missing"});
}

TEST_CASE("variables that Keras exports twice are counted once") {
  const auto child = [](std::string_view name, std::uint64_t id) { return bytes(1, number(1, id) + bytes(2, name)); };
  const std::string variable = bytes(7, number(1, 1) + bytes(2, bytes(2, number(1, 5))) + number(3, 1) + bytes(6, "w"));
  const std::string objects = bytes(1, child("variables", 1) + child("_all_variables", 2)) + bytes(1, child("0", 3)) +
                              bytes(1, child("0", 4)) + bytes(1, variable) + bytes(1, variable);
  const auto inspection = inspect_bytes(saved_model(tf_graph({tf_node("x", "Placeholder")}), bytes(7, objects)));
  CHECK(inspection.tensor_count == 1);
  CHECK(inspection.parameters == 5);
}

TEST_CASE("graphs are recognised by what is in them, and nothing else is") {
  const std::string graph = tf_graph({tf_node("x", "Placeholder"), tf_node("y", "Identity", {"x"})});
  CHECK(inspect_bytes(saved_model(graph)).format == "savedmodel");
  CHECK(inspect_bytes(bytes(1, bytes(5, "2.15.1")) + bytes(2, graph)).format == "tensorflow-metagraph");
  CHECK(inspect_bytes(graph).format == "tensorflow-graph");
  CHECK(inspect_bytes(keras_metadata("{}")).format == "keras-metadata");
  CHECK(inspect_bytes(number(1, 1) + number(2, 2) + number(3, 3) + number(4, 4) + number(5, 5)).format ==
        "tensorflow-fingerprint");
  CHECK_FALSE(inspect_bytes("\n\tsome text that begins with a line").format.starts_with("tensorflow"));
  CHECK_FALSE(inspect_bytes(bytes(1, bytes(1, "piece"))).format.starts_with("tensorflow"));
  CHECK_FALSE(
      inspect_bytes(bytes(1, bytes(1, "a name") + bytes(2, "not an operator"))).format.starts_with("tensorflow"));
}

TEST_CASE("a SavedModel that is cut off at any byte is told as far as it goes") {
  const std::string whole = example("old").bytes;
  const auto complete = inspect_bytes(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(inspect_bytes(whole.substr(0, size)) != complete);
    (void)scan_file(MemorySource{whole.substr(0, size)});
  }
  CHECK_FALSE(inspect_bytes(whole.substr(0, whole.size() / 2)).problems.empty());
}

TEST_CASE("functions that call functions in attributes of attributes go only so deep") {
  std::string value = bytes(10, bytes(1, "f"));
  for (int i = 0; i < 2500; ++i) value = bytes(10, bytes(1, "f") + entry(2, "a", value));
  const std::string model =
      saved_model(tf_graph({tf_node("x", "Placeholder"), tf_node("y", "PartitionedCall", {}, entry(5, "f", value))}));
  CHECK(inspect_bytes(model).problems.front() == "messages are nested more than 100 levels deep");
  CHECK(scan_file(MemorySource{model}).safety == Safety::malformed);
}

}  // namespace
}  // namespace mlops::formats
