// Small TensorFlow graphs, written by hand: the protos of tensorflow/core have the numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/formats/proto_writer.hpp"

namespace mlops::formats::wire {

// The content of a NodeDef.
inline std::string tf_node(std::string_view name, std::string_view op, const std::vector<std::string>& inputs = {},
                           std::string_view attributes = "") {
  std::string content = bytes(1, name) + bytes(2, op);
  for (const std::string& input : inputs) content += bytes(3, input);
  return content + std::string{attributes};
}
// Attributes of a node.
inline std::string tf_calls(std::string_view function) { return entry(5, "f", bytes(10, bytes(1, function))); }
inline std::string tf_text(std::string_view name, std::string_view value) { return entry(5, name, bytes(2, value)); }

// The content of a FunctionDef.
inline std::string tf_function(std::string_view name, const std::vector<std::string>& nodes) {
  std::string content = bytes(1, bytes(1, name));
  for (const std::string& node : nodes) content += bytes(3, node);
  return content;
}

// The content of a GraphDef.
inline std::string tf_graph(const std::vector<std::string>& nodes, const std::vector<std::string>& functions = {}) {
  std::string content;
  for (const std::string& node : nodes) content += bytes(1, node);
  std::string library;
  for (const std::string& function : functions) library += bytes(1, function);
  return functions.empty() ? content : content + bytes(2, library);
}

// Fields of a MetaGraphDef.
inline std::string tf_signature(std::string_view name, std::string_view output) {
  const std::string shape = bytes(3, bytes(2, number(1, ~std::uint64_t{0})) + bytes(2, number(1, 3)));
  const std::string info = bytes(1, output) + number(2, 1) + shape;
  return entry(5, name, entry(1, "x", info) + entry(2, "y", info) + bytes(3, "tensorflow/serving/predict"));
}
inline std::string tf_saver(std::string_view save, std::string_view restore) {
  return bytes(3, bytes(1, "saver_filename:0") + bytes(2, save) + bytes(3, restore));
}
inline std::string tf_asset(std::string_view file, std::string_view tensor) {
  return bytes(6, bytes(1, bytes(1, tensor)) + bytes(2, file));
}
inline std::string tf_user_object(std::string_view metadata) {
  return bytes(7, bytes(1, bytes(4, bytes(1, "_tf_keras_model") + bytes(3, metadata))));
}

inline std::string saved_model(std::string_view graph, std::string_view rest = "") {
  const std::string info = bytes(1, bytes(4, "serve") + bytes(5, "2.15.1"));
  return number(1, 1) + bytes(2, info + bytes(2, graph) + std::string{rest});
}

// keras_metadata.pb with one object.
inline std::string keras_metadata(std::string_view json) {
  return bytes(1, number(2, 0) + bytes(3, "root") + bytes(4, "_tf_keras_sequential") + bytes(5, json));
}

}  // namespace mlops::formats::wire
