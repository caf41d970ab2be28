#include "tensorflow/metagraph.hpp"

#include <algorithm>

#include "tensorflow/object_graph.hpp"

namespace mlops::formats::tensorflow {

namespace {

constexpr std::size_t most_tags = 100;
constexpr std::size_t most_signatures = 200;
constexpr std::size_t most_ports = 2000;
constexpr std::size_t most_assets = 10'000;
constexpr std::size_t most_savers = 1000;
constexpr std::size_t most_operators = 4096;
constexpr std::size_t most_graph_functions = 100'000;
constexpr std::size_t most_special_uses = 10'000;
constexpr std::size_t most_constants = 1'000'000;
constexpr std::size_t longest_path = 4096;

class Collector final : public GraphHandler {
 public:
  explicit Collector(MetaGraph& graph) : graph_{graph} {}

  void on_node(const Node& node, const std::string& function) override {
    ++graph_.nodes;
    if (graph_.follows_calls) graph_.calls.add(node, function);
    count(node.op);
    note_special(node, function);
    if (function.empty()) note_values(node);
  }
  void on_function(const std::string& name) override {
    if (graph_.functions.size() < most_graph_functions) {
      graph_.functions.insert(name);
    } else {
      graph_.cut.insert("functions");
    }
  }
  void on_gradient(const std::string& function, const std::string& gradient) override {
    graph_.calls.add_gradient(function, gradient);
  }

 private:
  void count(const std::string& op) {
    const auto at = graph_.operators.find(op);
    if (at != graph_.operators.end()) {
      ++at->second;
    } else if (graph_.operators.size() < most_operators) {
      graph_.operators.emplace(op, 1);
    } else {
      graph_.cut.insert("operators");
    }
  }

  void note_special(const Node& node, const std::string& function) {
    const Kind kind = kind_of(node.op);
    if (kind == Kind::plain || kind == Kind::unknown) return;
    if (kind == Kind::print && !node.output_stream.starts_with("file:")) return;
    if (graph_.special_uses.size() == most_special_uses) {
      graph_.cut.insert("special operators");
      return;
    }
    const bool has_file = kind == Kind::table && node.inputs.size() > 1;
    graph_.special_uses.insert({kind, node.op, function, node.name, has_file ? node.inputs[1] : std::string{}});
  }

  void note_values(const Node& node) {
    if (node.op == "Const") {
      if (graph_.constants.size() < most_constants) graph_.constants.insert(node.name);
      if (!node.shape.dims.empty() && is_floating(node.dtype)) keep(graph_.weights, node, true);
    } else if (node.op == "VarHandleOp" || node.op == "VariableV2" || node.op == "Variable") {
      keep(graph_.graph_variables, node, true);
    }
  }

  static void keep(std::vector<Variable>& variables, const Node& node, bool trainable) {
    if (variables.size() < domain::Inspection::most_tensors)
      variables.push_back({{node.name, node.dtype, node.shape.fixed_dims(), node.value_bytes}, trainable});
  }

  MetaGraph& graph_;
};

void read_meta_info(ProtoMessage message, MetaGraph& graph) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(4) && graph.tags.size() < most_tags)
      graph.tags.push_back(message.text(*field, longest_name));
    if (field->key == bytes_field(5)) graph.version = message.text(*field, longest_name);
  }
}

void add_saver_node(std::vector<std::string>& nodes, const std::string& tensor) {
  if (nodes.size() < most_savers && !tensor.empty()) nodes.push_back(node_of(tensor));
}

void read_saver(ProtoMessage message, MetaGraph& graph) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(2)) add_saver_node(graph.save_nodes, message.text(*field, longest_name));
    if (field->key == bytes_field(3)) add_saver_node(graph.restore_nodes, message.text(*field, longest_name));
  }
}

// The items of a NodeList or a BytesList.
template <typename Each>
void for_each_item(ProtoMessage list, Each each) {
  while (const auto item = list.next()) {
    if (item->key == bytes_field(1)) each(list, *item);
  }
}

// CollectionDef: nodes, among which are those that run when the model is loaded; or the savers of old graphs.
void read_collection(ProtoMessage message, const std::string& name, MetaGraph& graph) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) {
      for_each_item(message.inside(*field), [&](const ProtoMessage& list, const ProtoField& item) {
        graph.calls.add_root_node(node_of(list.text(item, longest_name)));
      });
    }
    if (field->key == bytes_field(2) && name == "savers") {
      for_each_item(message.inside(*field),
                    [&](const ProtoMessage& list, const ProtoField& item) { read_saver(list.inside(item), graph); });
    }
  }
}

void add_port(ProtoMessage entry_message, std::vector<domain::Port>& ports, MetaGraph& graph) {
  MapEntry entry = read_map_entry(entry_message);
  if (!entry.value || !entry.value->is_bytes()) return;
  TensorInfo info = read_tensor_info(entry_message.inside(*entry.value));
  for (const std::string& tensor : info.tensors) graph.calls.add_root_node(node_of(tensor));
  info.port.name = std::move(entry.key);
  if (ports.size() < most_ports) {
    ports.push_back(std::move(info.port));
  } else {
    graph.cut.insert("inputs and outputs");
  }
}

SignatureDef read_signature(ProtoMessage message, MetaGraph& graph) {
  SignatureDef signature;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) add_port(message.inside(*field), signature.inputs, graph);
    if (field->key == bytes_field(2)) add_port(message.inside(*field), signature.outputs, graph);
    if (field->key == bytes_field(3)) signature.method = message.text(*field, longest_name);
  }
  // A map has no order of its own.
  std::ranges::sort(signature.inputs, {}, &domain::Port::name);
  std::ranges::sort(signature.outputs, {}, &domain::Port::name);
  return signature;
}

void read_signature_entry(ProtoMessage message, MetaGraph& graph) {
  const MapEntry entry = read_map_entry(message);
  if (!entry.value || !entry.value->is_bytes()) return;
  SignatureDef signature = read_signature(message.inside(*entry.value), graph);
  if (graph.signatures.size() < most_signatures) {
    graph.signatures.insert_or_assign(entry.key, std::move(signature));
  } else {
    graph.cut.insert("signatures");
  }
}

void read_asset(ProtoMessage message, MetaGraph& graph) {
  std::pair<std::string, std::string> asset;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) {
      const TensorInfo info = read_tensor_info(message.inside(*field));
      if (!info.tensors.empty()) asset.second = info.tensors.front();
    }
    if (field->key == bytes_field(2)) asset.first = message.text(*field, longest_path);
  }
  if (graph.assets.size() < most_assets) {
    graph.assets.push_back(std::move(asset));
  } else {
    graph.cut.insert("assets");
  }
}

void read_collection_entry(ProtoMessage message, MetaGraph& graph) {
  const MapEntry entry = read_map_entry(message);
  if (entry.value && entry.value->is_bytes()) read_collection(message.inside(*entry.value), entry.key, graph);
}

}  // namespace

void read_bare_graph(ProtoMessage message, MetaGraph& graph) {
  Collector collector{graph};
  read_graph(message, collector);
}

void read_meta_graph(ProtoMessage message, MetaGraph& graph) {
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        read_meta_info(message.inside(*field), graph);
        break;
      case bytes_field(2):
        read_bare_graph(message.inside(*field), graph);
        break;
      case bytes_field(3):
        read_saver(message.inside(*field), graph);
        break;
      case bytes_field(4):
        read_collection_entry(message.inside(*field), graph);
        break;
      case bytes_field(5):
        read_signature_entry(message.inside(*field), graph);
        break;
      case bytes_field(6):
        read_asset(message.inside(*field), graph);
        break;
      case bytes_field(7):
        read_object_graph(message.inside(*field), graph);
        break;
      default:
        break;
    }
  }
}

}  // namespace mlops::formats::tensorflow
