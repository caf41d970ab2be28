// What is known of operators: which need code that ONNX itself does not define, and what that code may do.
#pragma once

#include <optional>
#include <string_view>

#include <mlops/domain/inspection.hpp>

#include "onnx/model.hpp"

namespace mlops::formats::onnx {

// A domain whose operators ONNX defines, or every ONNX Runtime brings along.
bool is_known_domain(std::string_view domain);

struct OperatorVerdict {
  domain::Safety safety = domain::Safety::unknown;
  std::string_view rule;
  std::string_view why;  // "calls a Python function"
};
// nullopt: it computes, and nothing else.
std::optional<OperatorVerdict> judge_operator(const OperatorName& op);

// "QDQ", "QOperator", "integer" …, when the operator computes with quantised numbers; "" when not.
std::string_view quantisation_style(const OperatorName& op);

}  // namespace mlops::formats::onnx
