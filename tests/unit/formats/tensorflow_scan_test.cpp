#include "tensorflow/tensorflow.hpp"

#include <catch2/catch.hpp>

#include <mlops/formats/scan.hpp>

#include "unit/formats/tensorflow_writer.hpp"

namespace mlops::formats {
namespace {

using namespace wire;
using domain::Safety;

domain::Scan scan_bytes(const std::string& bytes) { return scan_file(MemorySource{bytes}); }

const std::string input = tf_node("x", "Placeholder");

// A model whose signature calls `served`, and whose saver calls `save` and `restore`.
std::string model_with(const std::vector<std::string>& served, const std::vector<std::string>& more_functions = {},
                       std::string_view rest = "") {
  std::vector<std::string> functions{tf_function("served", served),
                                     tf_function("save", {tf_node("s", "SaveV2"), tf_node("m", "MergeV2Checkpoints")}),
                                     tf_function("restore", {tf_node("r", "RestoreV2")})};
  functions.insert(functions.end(), more_functions.begin(), more_functions.end());
  const std::string graph = tf_graph({input, tf_node("call", "StatefulPartitionedCall", {"x"}, tf_calls("served")),
                                      tf_node("saver", "StatefulPartitionedCall", {}, tf_calls("save")),
                                      tf_node("restorer", "StatefulPartitionedCall", {}, tf_calls("restore"))},
                                     functions);
  return saved_model(graph,
                     tf_saver("saver:0", "restorer") + tf_signature("serving_default", "call:0") + std::string{rest});
}

Safety safety_of(const std::string& node, const std::vector<std::string>& more_functions = {},
                 std::string_view rest = "") {
  return scan_bytes(model_with({node}, more_functions, rest)).safety;
}

TEST_CASE("operators that reach out of the model are dangerous wherever they stand") {
  for (const char* op :
       {"ReadFile", "WriteFile", "MatchingFiles", "Save", "SaveV2", "SaveSlices", "MergeV2Checkpoints", "PyFunc",
        "PyFuncStateless", "EagerPyFunc", "PyCall", "RpcCall", "DebugIdentityV2", "TFRecordDataset"}) {
    CAPTURE(op);
    const std::string node = tf_node("n", op);
    CHECK(safety_of(node) == Safety::dangerous);
    CHECK(scan_bytes(tf_graph({input, node})).safety == Safety::dangerous);
    CHECK(scan_bytes(bytes(1, bytes(5, "2.15.1")) + bytes(2, tf_graph({input, node}))).safety == Safety::dangerous);
    CHECK(scan_bytes(number(1, 1) + bytes(2, bytes(2, tf_graph({input}))) + bytes(2, bytes(2, tf_graph({node}))))
              .safety == Safety::dangerous);
  }
  CHECK(safety_of(tf_node("n", "MatMul")) == Safety::allowlisted);
  CHECK(safety_of(tf_node("n", "PrintV2", {}, tf_text("output_stream", "stderr"))) == Safety::allowlisted);
  CHECK(safety_of(tf_node("n", "PrintV2", {}, tf_text("output_stream", "file:///tmp/x"))) == Safety::dangerous);
  const auto scan = scan_bytes(model_with({tf_node("n", "ReadFile")}));
  CHECK(scan.findings.front().where == "function `served`, node `n`");
  CHECK(scan.findings.front().what == "`ReadFile` reads or writes files");
}

TEST_CASE("the saver may write checkpoints, as long as nobody else comes to it") {
  CHECK(safety_of(tf_node("n", "Identity")) == Safety::allowlisted);
  // A signature calls the function of the saver, directly or through another.
  CHECK(safety_of(tf_node("n", "PartitionedCall", {}, tf_calls("save"))) == Safety::dangerous);
  CHECK(safety_of(tf_node("n", "If", {}, entry(5, "then_branch", bytes(10, bytes(1, "inner")))),
                  {tf_function("inner", {tf_node("c", "PartitionedCall", {}, tf_calls("save"))})}) ==
        Safety::dangerous);
  CHECK(safety_of(tf_node("n", "Case", {}, entry(5, "branches", bytes(1, bytes(9, bytes(1, "save")))))) ==
        Safety::dangerous);
  CHECK(safety_of(tf_node("n", "save")) == Safety::dangerous);
  // A signature, an object or what runs when the model is loaded comes to its node.
  CHECK(safety_of(input, {}, tf_signature("other", "saver:0")) == Safety::dangerous);
  CHECK(safety_of(input, {}, bytes(7, bytes(1, bytes(8, bytes(1, "save"))))) == Safety::dangerous);
  CHECK(safety_of(input, {}, bytes(7, entry(2, "save", ""))) == Safety::dangerous);
  CHECK(safety_of(input, {}, entry(4, "saved_model_main_op", bytes(1, bytes(1, "saver")))) == Safety::dangerous);
  // Restoring writes.
  CHECK(safety_of(input, {}, tf_saver("saver:0", "saver")) == Safety::dangerous);
  // Reading another checkpoint is not dangerous, but nobody knows which.
  CHECK(safety_of(tf_node("n", "RestoreV2")) == Safety::unknown);
  // Nothing comes to it.
  CHECK(safety_of(input, {tf_function("dead", {tf_node("n", "SaveV2")})}) == Safety::unknown);
}

TEST_CASE("operators that are none of TensorFlow's are unknown") {
  CHECK(safety_of(tf_node("n", "Addons>Something")) == Safety::unknown);
  CHECK(safety_of(tf_node("n", "MyOwnOp")) == Safety::unknown);
  CHECK(safety_of(tf_node("n", "inner"), {tf_function("inner", {tf_node("i", "Identity")})}) == Safety::allowlisted);
}

TEST_CASE("a table may be filled from an asset of the model, and from nothing else") {
  const std::string from_argument = tf_node("n", "InitializeTableFromTextFileV2", {"table", "file"});
  const std::string from_constant = tf_node("n", "InitializeTableFromTextFileV2", {"table", "c:output:0"});
  const std::string asset = tf_asset("vocabulary.txt", "asset:0");
  CHECK(safety_of(from_argument, {}, asset) == Safety::allowlisted);
  CHECK(safety_of(from_argument) == Safety::unknown);
  CHECK(safety_of(from_constant, {}, asset) == Safety::unknown);
  CHECK(safety_of(input, {}, tf_asset("../../etc/passwd", "asset:0")) == Safety::dangerous);
}

TEST_CASE("a flood of operators hides none") {
  std::vector<std::string> nodes;
  for (int i = 0; i < 6000; ++i) nodes.push_back(tf_node("n", "Op" + std::to_string(i)));
  nodes.push_back(tf_node("last", "WriteFile"));
  CHECK(scan_bytes(model_with(nodes)).safety == Safety::dangerous);
  nodes.clear();
  for (int i = 0; i < 11'000; ++i) nodes.push_back(tf_node("n" + std::to_string(i), "RestoreV2"));
  nodes.push_back(tf_node("last", "WriteFile"));
  CHECK(scan_bytes(model_with(nodes)).safety == Safety::dangerous);
}

TEST_CASE("Keras layers that are Python code are dangerous at any depth") {
  const auto scan_json = [](const std::string& json) { return scan_bytes(keras_metadata(json)).safety; };
  const std::string lambda =
      R"({"class_name": "Lambda", "config": {"name": "l", "function": {"class_name": "__tuple__", "items": ["4wEAAAA=", null, null]}, "function_type": "lambda"}})";
  const std::string by_name =
      R"({"class_name": "Lambda", "config": {"name": "l", "function": "f", "function_type": "function"}})";
  const std::string dense = R"({"class_name": "Dense", "config": {"name": "d", "units": 3}})";
  const auto model_of = [](const std::string& layer) {
    return R"({"class_name": "Sequential", "config": {"layers": [{"class_name": "TimeDistributed", "config": {"layer": )" +
           layer + "}}]}}";
  };
  CHECK(scan_json(dense) == Safety::allowlisted);
  CHECK(scan_json(model_of(dense)) == Safety::allowlisted);
  CHECK(scan_json(lambda) == Safety::dangerous);
  CHECK(scan_json(model_of(lambda)) == Safety::dangerous);
  CHECK(scan_json(by_name) == Safety::unknown);
  CHECK(scan_json(lambda.substr(0, lambda.size() - 1)) == Safety::malformed);
  CHECK(safety_of(input, {}, tf_user_object(model_of(lambda))) == Safety::dangerous);
  CHECK(safety_of(input, {}, tf_user_object(model_of(dense))) == Safety::allowlisted);
}

}  // namespace
}  // namespace mlops::formats
