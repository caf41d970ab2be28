#include "onnx/types.hpp"

#include <array>
#include <string_view>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::onnx {

namespace {

struct DataType {
  std::string_view name;
  std::uint64_t bits;  // 0: not of a fixed size
};

// By their numbers in TensorProto.DataType.
constexpr auto data_types = std::to_array<DataType>({
    {"", 0},
    {"float32", 32},
    {"uint8", 8},
    {"int8", 8},
    {"uint16", 16},
    {"int16", 16},
    {"int32", 32},
    {"int64", 64},
    {"string", 0},
    {"bool", 8},
    {"float16", 16},
    {"float64", 64},
    {"uint32", 32},
    {"uint64", 64},
    {"complex64", 64},
    {"complex128", 128},
    {"bfloat16", 16},
    {"float8_e4m3fn", 8},
    {"float8_e4m3fnuz", 8},
    {"float8_e5m2", 8},
    {"float8_e5m2fnuz", 8},
    {"uint4", 4},
    {"int4", 4},
    {"float4_e2m1fn", 4},
    {"float8_e8m0fnu", 8},
    {"uint2", 2},
    {"int2", 2},
    {"float6_e2m3fn", 6},
    {"float6_e3m2fn", 6},
});

// What a TypeProto says. A shape only of tensors, and only when it is given.
struct Type {
  std::string text;        // "float32", "sequence(tensor(float32))"
  bool is_tensor = false;  // then `text` is its dtype
  std::optional<std::vector<Json>> shape;
  [[nodiscard]] std::string inner() const { return is_tensor ? fmt::format("tensor({})", text) : text; }
};

Type other_type(std::string text) {
  Type type;
  type.text = std::move(text);
  return type;
}

Json read_dimension(ProtoMessage message) {
  Json dimension;
  while (const auto field = message.next()) {
    switch (field->key) {
      case varint_field(1):
        dimension = Json{field->integer()};
        break;
      case bytes_field(2):
        dimension = field->size == 0 ? Json{} : Json{message.text(*field, longest_name)};
        break;
      default:
        break;
    }
  }
  return dimension;
}

std::vector<Json> read_shape(ProtoMessage message) {
  std::vector<Json> shape;
  while (const auto field = message.next()) {
    if (field->key != bytes_field(1)) continue;
    if (shape.size() == most_dimensions)
      throw Malformed{fmt::format("a value has more than {} dimensions", most_dimensions)};
    shape.push_back(read_dimension(message.inside(*field)));
  }
  return shape;
}

Type read_type(ProtoMessage message);

// TypeProto.Tensor and TypeProto.SparseTensor.
Type read_tensor_type(ProtoMessage message) {
  Type type;
  type.is_tensor = true;
  while (const auto field = message.next()) {
    if (field->key == varint_field(1)) type.text = dtype_name(field->value);
    if (field->key == bytes_field(2)) type.shape = read_shape(message.inside(*field));
  }
  return type;
}

// TypeProto.Sequence and TypeProto.Optional.
std::string read_element_type(ProtoMessage message) {
  std::string element;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) element = read_type(message.inside(*field)).inner();
  }
  return element;
}

std::string read_map_type(ProtoMessage message) {
  std::string key;
  std::string value;
  while (const auto field = message.next()) {
    if (field->key == varint_field(1)) key = dtype_name(field->value);
    if (field->key == bytes_field(2)) value = read_type(message.inside(*field)).inner();
  }
  return fmt::format("map({}, {})", key, value);
}

std::string read_opaque_type(ProtoMessage message) {
  std::string domain;
  std::string name;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) domain = message.text(*field, longest_name);
    if (field->key == bytes_field(2)) name = message.text(*field, longest_name);
  }
  return fmt::format("opaque({}.{})", domain, name);
}

Type read_sparse_type(ProtoMessage message) {
  Type type = read_tensor_type(message);
  type.text = fmt::format("sparse_tensor({})", type.text);
  type.is_tensor = false;
  return type;
}

Type read_type(ProtoMessage message) {
  Type type;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        type = read_tensor_type(message.inside(*field));
        break;
      case bytes_field(4):
        type = other_type(fmt::format("sequence({})", read_element_type(message.inside(*field))));
        break;
      case bytes_field(5):
        type = other_type(read_map_type(message.inside(*field)));
        break;
      case bytes_field(7):
        type = other_type(read_opaque_type(message.inside(*field)));
        break;
      case bytes_field(8):
        type = read_sparse_type(message.inside(*field));
        break;
      case bytes_field(9):
        type = other_type(fmt::format("optional({})", read_element_type(message.inside(*field))));
        break;
      default:
        break;
    }
  }
  return type;
}

}  // namespace

std::string dtype_name(std::uint64_t data_type) {
  return data_type < data_types.size() ? std::string{data_types[data_type].name} : "";
}

std::optional<std::uint64_t> bits_per_element(std::uint64_t data_type) {
  if (data_type >= data_types.size() || data_types[data_type].bits == 0) return std::nullopt;
  return data_types[data_type].bits;
}

domain::Port read_value_info(ProtoMessage message) {
  domain::Port port;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) port.name = message.text(*field, longest_name);
    if (field->key == bytes_field(2)) {
      Type type = read_type(message.inside(*field));
      port.dtype = std::move(type.text);
      port.shape = std::move(type.shape);
    }
  }
  return port;
}

}  // namespace mlops::formats::onnx
