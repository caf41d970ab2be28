#include <mlops/formats/infer_signature.hpp>

#include <array>
#include <utility>

#include <fmt/format.h>

#include <mlops/formats/csv.hpp>
#include <mlops/formats/inspect.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "json/lenient_json.hpp"
#include "json_example.hpp"

namespace mlops::formats {

namespace {

using domain::Port;

constexpr std::uint64_t largest_json = 64u << 20;

std::vector<Port> ports_of_arrays(const domain::Inspection& arrays) {
  std::vector<Port> ports;
  for (const domain::Tensor& array : arrays.tensors) {
    std::vector<Json> shape(array.shape.begin(), array.shape.end());
    if (!shape.empty()) shape.front() = nullptr;
    // Of a single array the file has no name for it.
    ports.push_back(
        {.name = arrays.format == "npy" ? "" : array.name, .dtype = array.dtype, .shape = std::move(shape)});
  }
  return ports;
}

std::string dtype_of_column(std::string_view type) {
  constexpr auto dtypes = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"integer", "int64"}, {"number", "float64"}, {"boolean", "bool"}, {"text", "string"}});
  for (const auto& [word, dtype] : dtypes) {
    if (word == type) return std::string{dtype};
  }
  return "";  // a column without values
}

std::vector<Port> ports_of_table(const ByteSource& example, std::string_view name) {
  const auto summary = summarise_csv(example, lower_ascii(name).ends_with(".tsv"));
  if (!summary || summary->rows == 0) {
    throw Error{ErrorKind::usage,
                fmt::format("{}: an input example is CSV with a header and rows, JSON, or an array of numpy", name)};
  }
  std::vector<Port> ports;
  for (const domain::ColumnSummary& column : summary->columns) {
    ports.push_back({.name = column.name, .dtype = dtype_of_column(column.type), .shape = {}});
  }
  return ports;
}

std::vector<Port> ports_of_json(const ByteSource& example, std::string_view name) {
  if (example.size() > largest_json)
    throw Error{ErrorKind::usage, fmt::format("{}: larger than {}", name, bytes_text(largest_json))};
  const Json json = parse_python_json(read_bytes(example, 0, largest_json), name);
  try {
    return ports_of_example(json);
  } catch (const Error& error) {
    throw Error{ErrorKind::usage, fmt::format("{}: {}", name, error.message())};
  }
}

}  // namespace

domain::Signature infer_signature(const ByteSource& example, std::string_view name) {
  const std::string shown = printable(name);
  domain::Signature signature;
  const std::string head = read_bytes(example, 0, 4096);
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (head[first] == '{' || head[first] == '[')) {
    signature.inputs = ports_of_json(example, shown);
    return signature;
  }
  const domain::Inspection arrays = inspect_file(example);
  if (arrays.format == "npy" || arrays.format == "npz") {
    signature.inputs = ports_of_arrays(arrays);
  } else {
    signature.inputs = ports_of_table(example, shown);
  }
  return signature;
}

}  // namespace mlops::formats
