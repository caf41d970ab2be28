#include "onnx/operators.hpp"

#include <algorithm>
#include <array>

#include "name_list.hpp"

namespace mlops::formats::onnx {

namespace {

using domain::Safety;

struct Domain {
  std::string_view name;
  std::string_view operators;  // sorted, between spaces
};

constexpr auto standard_domains = std::to_array<Domain>({
#include "onnx/standard_operators.inc"
});

// Compiled into ONNX Runtime: docs/ContribOperators.md, and the layouts that its optimiser writes.
constexpr auto runtime_domains = std::to_array<std::string_view>({
    "com.microsoft",
    "com.microsoft.experimental",
    "com.microsoft.nchwc",
    "com.microsoft.nhwc",
    "com.ms.internal.nhwc",
});

struct Suspect {
  std::string_view name;
  OperatorVerdict verdict;
};

// By name, in whatever domain: a runtime finds them by what was registered with it.
constexpr auto suspects = std::to_array<Suspect>({
    {"ATen", {Safety::unknown, "onnx.opaque-op", "runs whatever operator of PyTorch it names"}},
    {"ATenOp", {Safety::unknown, "onnx.opaque-op", "runs whatever operator of PyTorch it names"}},
    {"EPContext", {Safety::unknown, "onnx.opaque-op", "runs code that was compiled for an accelerator"}},
    {"ExternalFunctionOp", {Safety::unknown, "onnx.opaque-op", "runs code from outside the model"}},
    {"PyCustomOp", {Safety::dangerous, "onnx.python-op", "calls a Python function"}},
    {"PyOp", {Safety::dangerous, "onnx.python-op", "calls a Python function"}},
    {"PythonOp", {Safety::dangerous, "onnx.python-op", "calls a Python function"}},
    {"PythonOpGrad", {Safety::dangerous, "onnx.python-op", "calls a Python function"}},
    {"Snpe", {Safety::unknown, "onnx.opaque-op", "runs code that was compiled for an accelerator"}},
    {"TritonOp", {Safety::unknown, "onnx.opaque-op", "calls a Python function that generates code"}},
});

const Domain* find_standard(std::string_view name) {
  const auto* const at = std::ranges::find(standard_domains, name, &Domain::name);
  return at == standard_domains.end() ? nullptr : at;
}

bool is_of_runtime(std::string_view domain) {
  return std::ranges::find(runtime_domains, domain) != runtime_domains.end();
}

}  // namespace

bool is_known_domain(std::string_view domain) { return find_standard(domain) != nullptr || is_of_runtime(domain); }

std::optional<OperatorVerdict> judge_operator(const OperatorName& op) {
  const auto& [domain, name] = op;
  const auto* const suspect = std::ranges::find(suspects, name, &Suspect::name);
  if (suspect != suspects.end()) return suspect->verdict;
  if (is_of_runtime(domain)) return std::nullopt;
  if (domain == "ai.onnx.contrib" || domain == "com.microsoft.extensions") {
    return OperatorVerdict{Safety::unknown, "onnx.custom-op",
                           "needs a library of extensions, or a Python function of the caller"};
  }
  const Domain* standard = find_standard(domain);
  if (standard == nullptr)
    return OperatorVerdict{Safety::unknown, "onnx.custom-op", "needs code that the caller must bring along"};
  if (NameList{standard->operators}.contains(name)) return std::nullopt;
  return OperatorVerdict{Safety::unknown, "onnx.custom-op",
                         "is none of the operators of its domain that are known here"};
}

std::string_view quantisation_style(const OperatorName& op) {
  const std::string_view name = op.second;
  if (name == "QuantizeLinear" || name == "DequantizeLinear") return "QDQ";
  if (name.starts_with("QLinear") || name == "QGemm" || name == "QAttention") return "QOperator";
  if (name.find("Integer") != std::string_view::npos || name.starts_with("DynamicQuantize")) return "dynamic";
  if (name == "MatMulNBits" || name == "MatMulBnb4" || name == "GatherBlockQuantized" || name == "QMoE") return "block";
  return "";
}

}  // namespace mlops::formats::onnx
