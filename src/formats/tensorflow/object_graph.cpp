#include "tensorflow/object_graph.hpp"

#include <optional>
#include <set>

namespace mlops::formats::tensorflow {

namespace {

constexpr std::size_t most_keras_bytes = 64u << 20;
constexpr std::size_t longest_keras_config = 16u << 20;

// SavedUserObject
void read_user_object(ProtoMessage message, bool is_root, MetaGraph& graph) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1) && is_root) graph.root_object = message.text(*field, longest_name);
    if (field->key != bytes_field(3) || field->size == 0) continue;
    if (field->size > longest_keras_config || field->size > most_keras_bytes - graph.keras_bytes) {
      graph.cut.insert("configurations of Keras");
      continue;
    }
    graph.keras_bytes += field->size;
    graph.keras_configs.push_back(message.all(*field, longest_keras_config));
  }
}

// SavedFunction and SavedBareConcreteFunction: both have names of functions in front.
void read_function(ProtoMessage message, MetaGraph& graph) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) graph.calls.add_root_function(message.text(*field, longest_name));
  }
}

// SavedVariable
void read_variable(ProtoMessage message, MetaGraph& graph) {
  Variable variable;
  Shape shape;
  while (const auto field = message.next()) {
    switch (field->key) {
      case varint_field(1):
        variable.tensor.dtype = dtype_name(field->value);
        break;
      case bytes_field(2):
        shape = read_shape(message.inside(*field));
        break;
      case varint_field(3):
        variable.trainable = field->value != 0;
        break;
      case bytes_field(6):
        variable.tensor.name = message.text(*field, longest_name);
        break;
      default:
        break;
    }
  }
  variable.tensor.shape = shape.fixed_dims();
  if (graph.variables.size() < domain::Inspection::most_tensors) {
    graph.variables.push_back(std::move(variable));
  } else {
    graph.cut.insert("variables");
  }
}

// Where in the list of objects we are, and which of them are second copies of variables: Keras 3 exports all variables
// twice, as `variables` and as `_all_variables`.
struct Walk {
  std::uint64_t index = 0;
  std::optional<std::uint64_t> holder;  // the object with the copies
  std::set<std::uint64_t> copies;
};

// ObjectReference
void read_child(ProtoMessage message, Walk& walk) {
  std::uint64_t id = 0;
  std::string name;
  while (const auto field = message.next()) {
    if (field->key == varint_field(1)) id = field->value;
    if (field->key == bytes_field(2)) name = message.text(*field, longest_name);
  }
  if (walk.index == 0 && name == second_copies) walk.holder = id;
  if (walk.holder == walk.index && walk.copies.size() < domain::Inspection::most_tensors) walk.copies.insert(id);
}

void read_object(ProtoMessage message, Walk& walk, MetaGraph& graph) {
  const bool is_root = walk.index == 0;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        if (is_root || walk.holder == walk.index) read_child(message.inside(*field), walk);
        break;
      case bytes_field(4):
        read_user_object(message.inside(*field), is_root, graph);
        break;
      case bytes_field(6):
      case bytes_field(8):
        read_function(message.inside(*field), graph);
        break;
      case bytes_field(7):
        if (!walk.copies.contains(walk.index)) read_variable(message.inside(*field), graph);
        break;
      default:
        break;
    }
  }
}

}  // namespace

void read_object_graph(ProtoMessage message, MetaGraph& graph) {
  Walk walk;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) {
      read_object(message.inside(*field), walk, graph);
      ++walk.index;
    }
    if (field->key == bytes_field(2)) {
      const MapEntry entry = read_map_entry(message.inside(*field));
      graph.calls.add_root_function(entry.key);
    }
  }
}

}  // namespace mlops::formats::tensorflow
