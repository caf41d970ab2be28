#include "onnx/graph_reader.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/core.h>

#include "onnx/operators.hpp"
#include "onnx/types.hpp"

namespace mlops::formats::onnx {

namespace {

constexpr std::size_t longest_op = 128;
constexpr std::size_t longest_scope = 512;
constexpr std::size_t longest_path = 4096;
constexpr std::size_t most_names = 200'000;
constexpr std::size_t most_context_files = 100;

std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) {
  return b > std::numeric_limits<std::int64_t>::max() - a ? std::numeric_limits<std::int64_t>::max() : a + b;
}

bool is_main(const std::string& scope) { return scope.empty(); }

std::string inner_scope(const std::string& scope, std::string_view node, std::string_view attribute) {
  std::string inner = fmt::format("{}{}/{}/", scope, node, attribute);
  if (inner.size() <= longest_scope) return inner;
  return is_main(scope) ? "deeper/" : scope;
}
}  // namespace

std::string domain_or_default(const std::string& domain) { return domain.empty() ? "ai.onnx" : domain; }

void GraphReader::read_main_graph(ProtoMessage message) { read_graph(message, ""); }

void GraphReader::read_graph(ProtoMessage message, const std::string& scope) {
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        read_node(message.inside(*field), scope);
        break;
      case bytes_field(2):
        if (is_main(scope)) model_.graph_name = message.text(*field, longest_name);
        break;
      case bytes_field(5): {
        TensorProto tensor = read_tensor(message.inside(*field));
        judge(tensor);
        add_external(tensor);
        const std::uint64_t elements = element_count(tensor.dims).value_or(0);
        add_initializer(std::move(tensor), elements, scope);
        break;
      }
      case bytes_field(11):
        if (is_main(scope)) add_port(model_.inputs, read_value_info(message.inside(*field)), model_);
        break;
      case bytes_field(12):
        if (is_main(scope)) add_port(model_.outputs, read_value_info(message.inside(*field)), model_);
        break;
      case bytes_field(14):
        ++model_.quantised_tensors;
        break;
      case bytes_field(15): {
        SparseTensor sparse = read_sparse_tensor(message.inside(*field));
        add_external(sparse.values);
        add_external(sparse.indices);
        sparse.values.typed_bytes += sparse.indices.typed_bytes + sparse.indices.raw_bytes.value_or(0);
        add_initializer(std::move(sparse.values), sparse.stored, scope);
        break;
      }
      default:
        break;
    }
  }
}

// Twice: attributes stand in front of the domain, and only the operator tells what they are.
void GraphReader::read_node(ProtoMessage message, const std::string& scope) {
  ProtoMessage again = message;
  Node node;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(3):
        node.name = message.text(*field, longest_name);
        break;
      case bytes_field(4):
        node.op.second = message.text(*field, longest_op);
        break;
      case bytes_field(5):
        node.has_attributes = true;
        break;
      case bytes_field(7):
        node.op.first = message.text(*field, longest_name);
        break;
      default:
        break;
    }
  }
  node.op.first = domain_or_default(node.op.first);
  count(node.op);
  if (!node.has_attributes) return;
  while (const auto field = again.next()) {
    if (field->key == bytes_field(5)) read_attribute(again.inside(*field), node, scope);
  }
  if (!node.is_compiled_inside && model_.context_files.size() < most_context_files)
    model_.context_files.push_back(std::move(node.compiled));
}

void GraphReader::count(const OperatorName& op) {
  ++model_.nodes;
  const auto at = model_.operators.find(op);
  if (at != model_.operators.end()) {
    ++at->second;
  } else if (model_.operators.size() < Model::most_operators) {
    model_.operators.emplace(op, 1);
  } else {
    model_.note_cut("operators");
    // What runs code must not be lost in a flood of others; of the domains there may be any number.
    if (const auto verdict = judge_operator(op); verdict && verdict->safety == domain::Safety::dangerous)
      ++model_.operators[{"one of many", op.second}];
  }
}

void GraphReader::read_attribute(ProtoMessage message, Node& node, const std::string& scope) {
  std::string name;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        name = message.text(*field, longest_op);
        break;
      case varint_field(3):
        if (node.op.second == "EPContext" && name == "embed_mode") node.is_compiled_inside = field->value != 0;
        break;
      case bytes_field(4):
        if (node.op.second == "EPContext" && name == "ep_cache_context")
          node.compiled = message.text(*field, longest_path);
        break;
      case bytes_field(5):
      case bytes_field(10):
        read_constant(message.inside(*field), node, scope);
        break;
      case bytes_field(6):
      case bytes_field(11):
        ++model_.subgraphs;
        read_graph(message.inside(*field), inner_scope(scope, node.name.empty() ? node.op.second : node.name, name));
        break;
      case bytes_field(22):
      case bytes_field(23): {
        const SparseTensor sparse = read_sparse_tensor(message.inside(*field));
        add_external(sparse.values);
        add_external(sparse.indices);
        break;
      }
      default:
        break;
    }
  }
}

void GraphReader::read_constant(ProtoMessage message, const Node& node, const std::string& scope) {
  TensorProto tensor = read_tensor(message);
  model_.constant_bytes = saturated_sum(model_.constant_bytes, tensor.raw_bytes.value_or(0) + tensor.typed_bytes);
  if (tensor.is_external && tensor.name.empty()) tensor.name = scope + node.name;
  add_external(tensor);
}

void GraphReader::add_initializer(TensorProto tensor, std::uint64_t elements, const std::string& scope) {
  if (is_main(scope)) {
    if (model_.initializer_names.size() == most_names) {
      model_.note_cut("initializer_names");
    } else if (!model_.initializer_names.insert(tensor.name).second) {
      model_.note(fmt::format("the tensor `{}` is there twice", tensor.name));
    }
  }
  const std::string name = scope + tensor.name;
  if (!tensor.problem.empty()) model_.note(fmt::format("the tensor `{}` {}", name, tensor.problem));
  const ExternalData outside = external_data_of(tensor);
  const std::uint64_t inside = tensor.raw_bytes.value_or(0) + tensor.typed_bytes;
  const std::uint64_t bytes = tensor.is_external ? outside.length.value_or(outside.needed.value_or(0)) : inside;
  const std::string dtype = dtype_name(tensor.data_type);

  ++model_.initializer_count;
  model_.initializer_bytes = saturated_sum(model_.initializer_bytes, bytes);
  model_.parameters = saturated_sum(model_.parameters, elements);
  model_.weight_bytes[dtype] = saturated_sum(model_.weight_bytes[dtype], bytes);
  if (model_.initializers.size() < domain::Inspection::most_tensors)
    model_.initializers.push_back({{name, dtype, std::move(tensor.dims), bytes}, elements});
}

void GraphReader::add_external(const TensorProto& tensor) {
  if (!tensor.is_external) return;
  if (model_.external.size() < Model::most_external) return model_.external.push_back(external_data_of(tensor));
  model_.note_cut("external_data");
}

void GraphReader::add_port(std::vector<domain::Port>& ports, domain::Port port, Model& model) {
  if (ports.size() < Model::most_ports) return ports.push_back(std::move(port));
  model.note_cut("ports");
}

void GraphReader::read_function(ProtoMessage message) {
  ++model_.function_count;
  OperatorName function;
  Node defaults;  // of its attributes
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        function.second = message.text(*field, longest_op);
        break;
      case bytes_field(7):
        read_node(message.inside(*field), "functions/");
        break;
      case bytes_field(10):
        function.first = message.text(*field, longest_name);
        break;
      case bytes_field(11):
        read_attribute(message.inside(*field), defaults, "functions/");
        break;
      default:
        break;
    }
  }
  function.first = domain_or_default(function.first);
  if (model_.functions.size() < Model::most_operators) {
    model_.functions.insert(std::move(function));
  } else {
    model_.note_cut("functions");
  }
}

void GraphReader::read_training(ProtoMessage message) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) read_graph(message.inside(*field), "training/initialization/");
    if (field->key == bytes_field(2)) read_graph(message.inside(*field), "training/algorithm/");
  }
}

}  // namespace mlops::formats::onnx
