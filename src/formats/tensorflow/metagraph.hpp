// One MetaGraphDef: a graph with its signatures, saver, assets and objects, read from end to end.
// Source: tensorflow/core/protobuf/{meta_graph,saver,saved_object_graph}.proto.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "protobuf.hpp"
#include "tensorflow/call_graph.hpp"
#include "tensorflow/graph.hpp"
#include "tensorflow/operators.hpp"

namespace mlops::formats::tensorflow {

struct SignatureDef {
  std::string method;
  std::vector<domain::Port> inputs;  // by name
  std::vector<domain::Port> outputs;
};

struct Variable {
  domain::Tensor tensor;
  bool trainable = false;
};

// An operator that does more than compute, and where it is.
struct SpecialUse {
  Kind kind = Kind::plain;
  std::string op;
  std::string function;  // "" for the graph itself
  std::string node;
  std::string input;  // of one that fills a table: where the name of the file comes from
  friend auto operator<=>(const SpecialUse&, const SpecialUse&) = default;
};

// Every list is bounded; `cut` names those that were longer.
struct MetaGraph {
  bool follows_calls = false;  // whether `calls` is wanted

  std::vector<std::string> tags;
  std::string version;  // of TensorFlow
  std::map<std::string, SignatureDef> signatures;
  std::vector<std::pair<std::string, std::string>> assets;  // file, and the tensor that holds its name
  std::vector<std::string> save_nodes;                      // of its savers
  std::vector<std::string> restore_nodes;

  std::uint64_t nodes = 0;  // also of functions
  std::map<std::string, std::uint64_t> operators;
  std::set<std::string> functions;
  std::set<SpecialUse> special_uses;
  CallGraph calls;
  std::set<std::string> constants;  // nodes of the graph itself that are constants

  std::vector<Variable> variables;         // of the object graph
  std::vector<Variable> graph_variables;   // of the graph, where old exports have them
  std::vector<Variable> weights;           // constants of a graph that was frozen
  std::string root_object;                 // "_tf_keras_model"
  std::vector<std::string> keras_configs;  // JSON, of exports until TensorFlow 2.4
  std::uint64_t keras_bytes = 0;           // in all of them
  std::set<std::string> cut;
};

// Throws Malformed where the file breaks off or contradicts itself; what was read until then is in `graph`.
void read_meta_graph(ProtoMessage message, MetaGraph& graph);
// Of a bare GraphDef.
void read_bare_graph(ProtoMessage message, MetaGraph& graph);

}  // namespace mlops::formats::tensorflow
