// TensorFlow's types of values, in our words. Source: tensorflow/core/framework/{types,tensor_shape,tensor}.proto and
// core/protobuf/meta_graph.proto.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "protobuf.hpp"

namespace mlops::formats::tensorflow {

constexpr std::size_t longest_name = 512;

// "float32"; "" of a number that we don't know. References are what they refer to.
std::string dtype_name(std::uint64_t data_type);
bool is_floating(std::string_view dtype);

struct Shape {
  std::vector<std::int64_t> dims;  // -1: any
  bool unknown_rank = false;
  // nullopt when a dimension is open, or their product can't be counted.
  [[nodiscard]] std::optional<std::uint64_t> elements() const;
  [[nodiscard]] std::vector<std::uint64_t> fixed_dims() const;  // an open one is 0
};
// TensorShapeProto.
Shape read_shape(ProtoMessage message);
// Of an input or output; nullopt when not even the rank is known.
std::optional<std::vector<Json>> port_shape(const Shape& shape);

// TensorInfo: the port, and the name of the node's output that stands for it.
struct TensorInfo {
  domain::Port port;
  std::vector<std::string> tensors;
};
TensorInfo read_tensor_info(ProtoMessage message);

// The key and the value of an entry of a map; the value as it stands.
struct MapEntry {
  std::string key;
  std::optional<ProtoField> value;
};
MapEntry read_map_entry(ProtoMessage message);

// "scope/node" of "scope/node:1" or "^scope/node".
std::string node_of(const std::string& tensor);

}  // namespace mlops::formats::tensorflow
