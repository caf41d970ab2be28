#include "onnx/tensor.hpp"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "malformed.hpp"
#include "onnx/types.hpp"

namespace mlops::formats::onnx {

namespace {

constexpr std::size_t most_external_entries = 64;
constexpr std::size_t longest_location = 1024;
constexpr std::uint64_t largest_dimension = std::numeric_limits<std::int64_t>::max();

void note(std::string& problem, std::string text) {
  if (problem.empty()) problem = std::move(text);
}

std::pair<std::string, std::string> read_entry(ProtoMessage message) {
  std::pair<std::string, std::string> entry;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) entry.first = message.text(*field, longest_name);
    if (field->key == bytes_field(2)) entry.second = message.text(*field, longest_location);
  }
  return entry;
}

void add_dimension(TensorProto& tensor, std::uint64_t dimension) {
  if (tensor.dims.size() == most_dimensions)
    throw Malformed{fmt::format("a tensor has more than {} dimensions", most_dimensions)};
  if (dimension > largest_dimension) note(tensor.problem, "has a negative dimension");
  tensor.dims.push_back(dimension);
}

void add_typed_data(TensorProto& tensor, std::uint64_t bytes) {
  tensor.has_typed_data = true;
  tensor.typed_bytes += bytes;
}

void add_external_entry(TensorProto& tensor, ProtoMessage message) {
  if (tensor.external_data.size() == most_external_entries)
    throw Malformed{fmt::format("a tensor has more than {} entries of external data", most_external_entries)};
  tensor.external_data.push_back(read_entry(message));
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  const auto value = parse_integer(text);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

void take_entry(ExternalData& data, const std::string& key, const std::string& value) {
  if (key == "location") {
    data.location = value;
  } else if (key == "offset" || key == "length") {
    const auto number = parse_unsigned(value);
    if (!number) return note(data.problem, fmt::format("has the {} `{}`, which is no number of bytes", key, value));
    if (key == "offset") data.offset = *number;
    if (key == "length") data.length = number;
  } else if (key == "checksum") {
    data.has_checksum = true;
  } else if (key != "basepath" && !key.starts_with("prepacked")) {
    data.unknown_keys.push_back(key);
  }
}

}  // namespace

TensorProto read_tensor(ProtoMessage message) {
  TensorProto tensor;
  while (const auto field = message.next()) {
    switch (field->key) {
      case varint_field(1):
      case bytes_field(1):
        for_each_varint(message, *field, [&](std::uint64_t value) { add_dimension(tensor, value); });
        break;
      case varint_field(2):
        tensor.data_type = field->value;
        break;
      case bytes_field(8):
        tensor.name = message.text(*field, longest_name);
        break;
      case bytes_field(9):
        tensor.raw_bytes = field->size;
        break;
      case bytes_field(4):
      case bytes_field(5):
      case bytes_field(6):
      case bytes_field(7):
      case bytes_field(10):
      case bytes_field(11):
        add_typed_data(tensor, field->size);
        break;
      case fixed32_field(4):
        add_typed_data(tensor, sizeof(float));
        break;
      case fixed64_field(10):
        add_typed_data(tensor, sizeof(double));
        break;
      case varint_field(5):
      case varint_field(7):
      case varint_field(11):
        add_typed_data(tensor, 1);
        break;
      case bytes_field(13):
        add_external_entry(tensor, message.inside(*field));
        break;
      case varint_field(14):
        tensor.is_external = field->value == 1;
        break;
      default:
        break;
    }
  }
  return tensor;
}

SparseTensor read_sparse_tensor(ProtoMessage message) {
  SparseTensor sparse;
  TensorProto whole;
  while (const auto field = message.next()) {
    switch (field->key) {
      case bytes_field(1):
        sparse.values = read_tensor(message.inside(*field));
        break;
      case bytes_field(2):
        sparse.indices = read_tensor(message.inside(*field));
        break;
      case varint_field(3):
      case bytes_field(3):
        for_each_varint(message, *field, [&](std::uint64_t value) { add_dimension(whole, value); });
        break;
      default:
        break;
    }
  }
  judge(sparse.values);
  judge(sparse.indices);
  note(sparse.values.problem, whole.problem);
  sparse.stored = element_count(sparse.values.dims).value_or(0);
  sparse.values.dims = std::move(whole.dims);
  return sparse;
}

std::optional<std::uint64_t> element_count(const std::vector<std::uint64_t>& dims) {
  if (std::ranges::find(dims, 0u) != dims.end()) return 0;
  std::uint64_t count = 1;
  for (const std::uint64_t dimension : dims) {
    if (dimension > largest_dimension / count) return std::nullopt;
    count *= dimension;
  }
  return count;
}

std::optional<std::uint64_t> needed_bytes(const TensorProto& tensor) {
  const auto count = element_count(tensor.dims);
  const auto bits = bits_per_element(tensor.data_type);
  if (!count || !bits || *count > (largest_dimension - 7) / *bits) return std::nullopt;
  return (*count * *bits + 7) / 8;
}

void judge(TensorProto& tensor) {
  const auto count = element_count(tensor.dims);
  if (!count) return note(tensor.problem, "has more elements than can be counted");
  if (dtype_name(tensor.data_type).empty())
    return note(tensor.problem, fmt::format("has the type {}, which is not known", tensor.data_type));
  if (tensor.is_external) {
    if (tensor.raw_bytes || tensor.has_typed_data) note(tensor.problem, "has its data both inside and outside");
    return;
  }
  const auto needed = needed_bytes(tensor);
  if (tensor.raw_bytes && needed && *tensor.raw_bytes != *needed) {
    return note(tensor.problem,
                fmt::format("has {} bytes of data, and its shape demands {}", *tensor.raw_bytes, *needed));
  }
  if (tensor.raw_bytes && tensor.has_typed_data) return note(tensor.problem, "has its data twice");
  if (!tensor.raw_bytes && !tensor.has_typed_data && *count > 0) note(tensor.problem, "has no data");
}

ExternalData external_data_of(const TensorProto& tensor) {
  ExternalData data;
  data.tensor = tensor.name;
  data.needed = needed_bytes(tensor);
  std::vector<std::string_view> seen;
  for (const auto& [key, value] : tensor.external_data) {
    if (std::ranges::find(seen, key) != seen.end()) note(data.problem, fmt::format("has `{}` twice", key));
    seen.emplace_back(key);
    take_entry(data, key, value);
  }
  return data;
}

}  // namespace mlops::formats::onnx
