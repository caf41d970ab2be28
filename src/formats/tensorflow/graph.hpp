// A GraphDef, node by node: its own, and those of the functions it brings along.
// Source: tensorflow/core/framework/{graph,node_def,function,attr_value}.proto.
#pragma once

#include <string>
#include <vector>

#include "protobuf.hpp"
#include "tensorflow/types.hpp"

namespace mlops::formats::tensorflow {

// A node, with those of its attributes that matter here. Lists and texts are bounded.
struct Node {
  std::string name;
  std::string op;
  std::vector<std::string> inputs;
  std::vector<std::string> functions;  // that its attributes name
  std::string output_stream;           // of PrintV2
  std::string dtype;                   // of a variable or a constant
  Shape shape;
  std::uint64_t value_bytes = 0;  // of a constant
};

class GraphHandler {
 public:
  virtual ~GraphHandler() = default;
  // `function` is "" for a node of the graph itself.
  virtual void on_node(const Node& node, const std::string& function) = 0;
  virtual void on_function(const std::string& name) = 0;
  virtual void on_gradient(const std::string& function, const std::string& gradient) = 0;
};

void read_graph(ProtoMessage message, GraphHandler& handler);

// Whether it looks like a GraphDef: its first nodes have names and operators.
bool is_plausible_graph(ProtoMessage message);

}  // namespace mlops::formats::tensorflow
