#include "onnx/operators.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "word_list.hpp"

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

// The operators of a domain of the standard; nullptr when it is none.
const WordList* standard_operators(std::string_view domain) {
  static const auto by_domain = [] {
    std::map<std::string_view, WordList> lists;
    for (const Domain& each : standard_domains) lists.emplace(each.name, WordList{each.operators});
    return lists;
  }();
  const auto at = by_domain.find(domain);
  return at == by_domain.end() ? nullptr : &at->second;
}

bool is_of_runtime(std::string_view domain) {
  return std::ranges::find(runtime_domains, domain) != runtime_domains.end();
}

}  // namespace

bool is_known_domain(std::string_view domain) { return standard_operators(domain) != nullptr || is_of_runtime(domain); }

std::optional<OperatorVerdict> judge_operator(const OperatorName& op) {
  const auto& [domain, name] = op;
  const auto* const suspect = std::ranges::find(suspects, name, &Suspect::name);
  if (suspect != suspects.end()) return suspect->verdict;
  if (is_of_runtime(domain)) return std::nullopt;
  if (domain == "ai.onnx.contrib" || domain == "com.microsoft.extensions") {
    return OperatorVerdict{Safety::unknown, "onnx.custom-op",
                           "needs a library of extensions, or a Python function of the caller"};
  }
  const WordList* standard = standard_operators(domain);
  if (standard == nullptr)
    return OperatorVerdict{Safety::unknown, "onnx.custom-op", "needs code that the caller must bring along"};
  if (standard->contains(name)) return std::nullopt;
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
