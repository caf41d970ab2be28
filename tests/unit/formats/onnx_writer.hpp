// Small ONNX models, written by hand: onnx.proto has the numbers.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/formats/proto_writer.hpp"

namespace mlops::formats::wire {

inline std::string onnx_node(std::string_view op, std::string_view domain = "", std::string_view attributes = "") {
  return bytes(1, bytes(1, "x") + bytes(2, "y") + bytes(4, op) + std::string{attributes} +
                      (domain.empty() ? "" : bytes(7, domain)));
}

inline std::string onnx_attribute(std::string_view name, std::string_view content) {
  return bytes(5, bytes(1, name) + std::string{content});
}

// Of float32.
inline std::string onnx_value(std::uint32_t field, std::string_view name, const std::vector<std::uint64_t>& dims) {
  std::string shape;
  for (const std::uint64_t dim : dims) shape += bytes(1, number(1, dim));
  return bytes(field, bytes(1, name) + bytes(2, bytes(1, number(1, 1) + bytes(2, shape))));
}
inline std::string onnx_input(std::string_view name) { return onnx_value(11, name, {1, 2}); }
inline std::string onnx_output(std::string_view name) { return onnx_value(12, name, {1, 2}); }

// The content of a TensorProto of float32, without its data.
inline std::string onnx_tensor(std::string_view name, const std::vector<std::uint64_t>& dims, std::string_view data) {
  std::string content;
  for (const std::uint64_t dim : dims) content += number(1, dim);
  return content + number(2, 1) + bytes(8, name) + std::string{data};
}
inline std::string raw_data(std::size_t size) { return bytes(9, std::string(size, '\0')); }
inline std::string external_data(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string content;
  for (const auto& [key, value] : entries) content += entry(13, key, value);
  return content + number(14, 1);
}
inline std::string onnx_initializer(std::string_view tensor) { return bytes(5, tensor); }

inline std::string onnx_model(std::string_view graph, std::string_view rest = "") {
  return number(1, 8) + bytes(2, "test") + bytes(7, graph) + bytes(8, bytes(1, "") + number(2, 17)) + std::string{rest};
}
// y = Relu(x), and what else the graph is to hold.
inline std::string onnx_model_with(std::string_view more) {
  return onnx_model(onnx_node("Relu") + std::string{more} + onnx_input("x") + onnx_output("y"));
}
// The same with a tensor `w` of two numbers that lie elsewhere.
inline std::string onnx_model_outside(const std::vector<std::pair<std::string, std::string>>& entries) {
  return onnx_model_with(onnx_initializer(onnx_tensor("w", {2}, external_data(entries))));
}

}  // namespace mlops::formats::wire
