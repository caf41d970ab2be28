#include "tensorflow/graph.hpp"

#include <algorithm>

#include "malformed.hpp"

namespace mlops::formats::tensorflow {

namespace {

constexpr std::size_t most_inputs = 10'000;
constexpr std::size_t most_functions = 1000;
constexpr std::size_t longest_op = 128;
constexpr int nodes_to_judge_by = 8;

void add_function(Node& node, std::string name) {
  if (node.functions.size() < most_functions) node.functions.push_back(std::move(name));
}

void read_attribute_value(ProtoMessage message, const std::string& name, Node& node);

// NameAttrList: a function, and attributes to call it with.
void read_function_call(ProtoMessage message, Node& node) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) add_function(node, message.text(*field, longest_name));
    if (field->key != bytes_field(2)) continue;
    ProtoMessage entry = message.inside(*field);
    while (const auto part = entry.next()) {
      if (part->key == bytes_field(2)) read_attribute_value(entry.inside(*part), "", node);
    }
  }
}

void read_attribute_list(ProtoMessage message, Node& node) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(9)) read_function_call(message.inside(*field), node);
  }
}

// tensor.proto: the type, the shape and how much room the values take.
void read_tensor(ProtoMessage message, Node& node) {
  while (const auto field = message.next()) {
    if (field->key == varint_field(1)) {
      node.dtype = dtype_name(field->value);
    } else if (field->key == bytes_field(2)) {
      node.shape = read_shape(message.inside(*field));
    } else if (field->is_bytes()) {
      node.value_bytes += field->size;
    }
  }
}

void read_attribute_value(ProtoMessage message, const std::string& name, Node& node) {
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        read_attribute_list(message.inside(*field), node);
        break;
      case bytes_field(2):
        if (name == "output_stream") node.output_stream = message.text(*field, longest_name);
        break;
      case varint_field(6):
        if (name == "dtype") node.dtype = dtype_name(field->value);
        break;
      case bytes_field(7):
        if (name == "shape") node.shape = read_shape(message.inside(*field));
        break;
      case bytes_field(8):
        if (name == "value") read_tensor(message.inside(*field), node);
        break;
      case bytes_field(10):
        read_function_call(message.inside(*field), node);
        break;
      default:
        break;
    }
  }
}

Node read_node(ProtoMessage message) {
  Node node;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        node.name = message.text(*field, longest_name);
        break;
      case bytes_field(2):
        node.op = message.text(*field, longest_op);
        break;
      case bytes_field(3):
        if (node.inputs.size() < most_inputs) node.inputs.push_back(message.text(*field, longest_name));
        break;
      case bytes_field(5): {
        ProtoMessage inner = message.inside(*field);
        const MapEntry entry = read_map_entry(inner);
        if (entry.value && entry.value->is_bytes()) read_attribute_value(inner.inside(*entry.value), entry.key, node);
        break;
      }
      default:
        break;
    }
  }
  return node;
}

std::string name_of_signature(ProtoMessage message) {
  std::string name;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) name = message.text(*field, longest_name);
  }
  return name;
}

// As far as it can be read: what is wrong will be said when the nodes are.
std::string name_of_function(ProtoMessage message) {
  std::string name;
  try {
    while (const auto field = message.next()) {
      if (field->key == bytes_field(1)) name = name_of_signature(message.inside(*field));
    }
  } catch (const Malformed&) {
    return name;
  }
  return name;
}

// The name may stand behind the nodes, so it is looked for first.
void read_function(ProtoMessage message, GraphHandler& handler) {
  const std::string name = name_of_function(message);
  handler.on_function(name);
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) (void)name_of_signature(message.inside(*field));
    if (field->key == bytes_field(3)) handler.on_node(read_node(message.inside(*field)), name);
  }
}

void read_gradient(ProtoMessage message, GraphHandler& handler) {
  std::string function;
  std::string gradient;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) function = message.text(*field, longest_name);
    if (field->key == bytes_field(2)) gradient = message.text(*field, longest_name);
  }
  handler.on_gradient(function, gradient);
}

void read_library(ProtoMessage message, GraphHandler& handler) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) read_function(message.inside(*field), handler);
    if (field->key == bytes_field(2)) read_gradient(message.inside(*field), handler);
  }
}

bool is_operator(const std::string& op) {
  return !op.empty() && std::ranges::all_of(op, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '>' ||
           c == '.';
  });
}

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7F'; });
}

// Names and operators only, so that it is cheap.
bool is_plausible_node(ProtoMessage message) {
  bool has_name = false;
  bool has_op = false;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) has_name = is_name(message.text(*field, longest_name));
    if (field->key == bytes_field(2)) has_op = is_operator(message.text(*field, longest_op));
    if (has_name && has_op) return true;
  }
  return false;
}

}  // namespace

void read_graph(ProtoMessage message, GraphHandler& handler) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) handler.on_node(read_node(message.inside(*field)), "");
    if (field->key == bytes_field(2)) read_library(message.inside(*field), handler);
  }
}

bool is_plausible_graph(ProtoMessage message) {
  int nodes = 0;
  try {
    while (nodes < nodes_to_judge_by) {
      const auto field = message.next();
      if (!field) break;
      if (field->key != bytes_field(1)) continue;
      if (!is_plausible_node(message.inside(*field))) return false;
      ++nodes;
    }
  } catch (const Malformed&) {
    // Cut off: the nodes before it decide.
    return nodes > 0;
  }
  return nodes > 0;
}

}  // namespace mlops::formats::tensorflow
