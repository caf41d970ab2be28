// What the ONNX library thinks of a model, as the program `onnx-check` reports it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspection.hpp>

namespace mlops::formats {

struct OnnxCheck {
  std::optional<std::string> check;      // what its checker says is wrong; nullopt: nothing
  std::optional<std::string> inference;  // the same of inferring types and shapes
  std::vector<domain::Port> inputs;      // with what was inferred
  std::vector<domain::Port> outputs;
  std::uint64_t values = 0;  // between them, whose types are known
  friend bool operator==(const OnnxCheck&, const OnnxCheck&) = default;
};

// Error{usage} or {failed} when the text is not such a report.
OnnxCheck parse_onnx_check(std::string_view text);

}  // namespace mlops::formats
