#include "tensorflow/types.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::tensorflow {

namespace {

constexpr std::size_t most_dimensions = 254;  // TensorShape's own limit
constexpr std::size_t most_components = 100;
constexpr std::uint64_t first_reference = 100;

// By their numbers in DataType.
constexpr auto data_types = std::to_array<std::string_view>({"",
                                                             "float32",
                                                             "float64",
                                                             "int32",
                                                             "uint8",
                                                             "int16",
                                                             "int8",
                                                             "string",
                                                             "complex64",
                                                             "int64",
                                                             "bool",
                                                             "qint8",
                                                             "quint8",
                                                             "qint32",
                                                             "bfloat16",
                                                             "qint16",
                                                             "quint16",
                                                             "uint16",
                                                             "complex128",
                                                             "float16",
                                                             "resource",
                                                             "variant",
                                                             "uint32",
                                                             "uint64",
                                                             "float8_e5m2",
                                                             "float8_e4m3fn",
                                                             "float8_e4m3fnuz",
                                                             "float8_e4m3b11fnuz",
                                                             "float8_e5m2fnuz",
                                                             "int4",
                                                             "uint4",
                                                             "int2",
                                                             "uint2"});

std::int64_t read_dimension(ProtoMessage message) {
  std::int64_t size = 0;
  while (const auto field = message.next()) {
    if (field->key == varint_field(1)) size = field->integer();
  }
  return size;
}

// CooSparse and CompositeTensor: what they are made of.
void read_components(ProtoMessage message, TensorInfo& info) {
  while (const auto field = message.next()) {
    if (field->is_bytes() && info.tensors.size() < most_components)
      info.tensors.push_back(message.text(*field, longest_name));
  }
}

void read_composite(ProtoMessage message, TensorInfo& info) {
  while (const auto field = message.next()) {
    if (field->key != bytes_field(2)) continue;
    for (std::string& tensor : read_tensor_info(message.inside(*field)).tensors) {
      if (info.tensors.size() < most_components) info.tensors.push_back(std::move(tensor));
    }
  }
}

}  // namespace

std::string dtype_name(std::uint64_t data_type) {
  if (data_type > first_reference) data_type -= first_reference;
  return data_type < data_types.size() ? std::string{data_types[data_type]} : "";
}

bool is_floating(std::string_view dtype) { return dtype.starts_with("float") || dtype.starts_with("bfloat"); }

std::optional<std::uint64_t> Shape::elements() const {
  if (unknown_rank || std::ranges::any_of(dims, [](std::int64_t dim) { return dim < 0; })) return std::nullopt;
  if (std::ranges::find(dims, 0) != dims.end()) return 0;
  std::uint64_t count = 1;
  for (const std::int64_t dim : dims) {
    if (static_cast<std::uint64_t>(dim) > std::numeric_limits<std::int64_t>::max() / count) return std::nullopt;
    count *= static_cast<std::uint64_t>(dim);
  }
  return count;
}

std::vector<std::uint64_t> Shape::fixed_dims() const {
  std::vector<std::uint64_t> fixed;
  for (const std::int64_t dim : dims) fixed.push_back(dim < 0 ? 0 : static_cast<std::uint64_t>(dim));
  return fixed;
}

Shape read_shape(ProtoMessage message) {
  Shape shape;
  while (const auto field = message.next()) {
    if (field->key == varint_field(3)) shape.unknown_rank = field->value != 0;
    if (field->key != bytes_field(2)) continue;
    if (shape.dims.size() == most_dimensions)
      throw Malformed{fmt::format("a tensor has more than {} dimensions", most_dimensions)};
    shape.dims.push_back(read_dimension(message.inside(*field)));
  }
  return shape;
}

std::optional<std::vector<Json>> port_shape(const Shape& shape) {
  if (shape.unknown_rank) return std::nullopt;
  std::vector<Json> dims;
  for (const std::int64_t dim : shape.dims) dims.push_back(dim < 0 ? Json{} : Json{dim});
  return dims;
}

TensorInfo read_tensor_info(ProtoMessage message) {
  TensorInfo info;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        info.tensors.push_back(message.text(*field, longest_name));
        break;
      case varint_field(2):
        info.port.dtype = dtype_name(field->value);
        break;
      case bytes_field(3):
        info.port.shape = port_shape(read_shape(message.inside(*field)));
        break;
      case bytes_field(4):
        read_components(message.inside(*field), info);
        break;
      case bytes_field(5):
        read_composite(message.inside(*field), info);
        break;
      default:
        break;
    }
  }
  return info;
}

MapEntry read_map_entry(ProtoMessage message) {
  MapEntry entry;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) entry.key = message.text(*field, longest_name);
    if (field->number() == 2) entry.value = field;
  }
  return entry;
}

std::string node_of(const std::string& tensor) {
  const std::size_t begin = tensor.starts_with('^') ? 1 : 0;
  return tensor.substr(begin, tensor.find(':') - begin);
}

}  // namespace mlops::formats::tensorflow
