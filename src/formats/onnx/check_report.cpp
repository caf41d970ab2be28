#include <mlops/formats/onnx_check.hpp>

#include <mlops/support/json.hpp>

namespace mlops::formats {

namespace {

std::optional<std::string> complaint_of(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.as_string();
}

domain::Port port_of(const Json& value) {
  domain::Port port;
  port.name = value.at("name").as_string();
  if (const Json& dtype = value.at("dtype"); !dtype.is_null()) port.dtype = dtype.as_string();
  if (const Json& shape = value.at("shape"); !shape.is_null()) port.shape = shape.as_array();
  return port;
}

std::vector<domain::Port> ports_of(const Json& values) {
  std::vector<domain::Port> ports;
  for (const Json& value : values.as_array()) ports.push_back(port_of(value));
  return ports;
}

}  // namespace

OnnxCheck parse_onnx_check(std::string_view text) {
  const Json report = parse_json(text, "onnx-check");
  return {.check = complaint_of(report.at("check")),
          .inference = complaint_of(report.at("inference")),
          .inputs = ports_of(report.at("inputs")),
          .outputs = ports_of(report.at("outputs")),
          .values = static_cast<std::uint64_t>(report.at("values").as_integer())};
}

}  // namespace mlops::formats
