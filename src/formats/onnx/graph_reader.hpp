// The graphs of an ONNX model with all that is nested in them, into a Model.
#pragma once

#include <string>
#include <string_view>

#include "onnx/model.hpp"
#include "protobuf.hpp"

namespace mlops::formats::onnx {

// "" is short for "ai.onnx".
std::string domain_or_default(const std::string& domain);

class GraphReader {
 public:
  explicit GraphReader(Model& model) : model_{model} {}

  void read_main_graph(ProtoMessage message);
  void read_function(ProtoMessage message);
  void read_training(ProtoMessage message);

 private:
  struct Node {
    std::string name;
    OperatorName op;
    bool has_attributes = false;
    // Of compiled code: itself, or the file in which it is.
    std::string compiled;
    bool is_compiled_inside = true;
  };

  void read_graph(ProtoMessage message, const std::string& scope);
  void read_node(ProtoMessage message, const std::string& scope);
  void read_attribute(ProtoMessage message, Node& node, const std::string& scope);
  void read_constant(ProtoMessage message, const Node& node, const std::string& scope);
  void count(const OperatorName& op);

  void add_initializer(TensorProto tensor, std::uint64_t elements, const std::string& scope);
  void add_external(const TensorProto& tensor);
  static void add_port(std::vector<domain::Port>& ports, domain::Port port, Model& model);

  Model& model_;
};

}  // namespace mlops::formats::onnx
