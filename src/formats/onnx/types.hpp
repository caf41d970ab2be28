// ONNX's types of values, in our words. Source: onnx.proto, TensorProto.DataType, TypeProto and ValueInfoProto.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "protobuf.hpp"

namespace mlops::formats::onnx {

constexpr std::size_t longest_name = 512;
constexpr std::size_t most_dimensions = 256;

// "float32"; "" of a number that we don't know.
std::string dtype_name(std::uint64_t data_type);
// Of one element in raw_data; nullopt of texts and of what we don't know.
std::optional<std::uint64_t> bits_per_element(std::uint64_t data_type);

// An input or output: a tensor's dtype and shape, or a dtype like "sequence(tensor(float32))" without a shape.
domain::Port read_value_info(ProtoMessage message);

}  // namespace mlops::formats::onnx
