#include <optional>

#include <fmt/core.h>

#include "malformed.hpp"
#include "onnx/external.hpp"
#include "onnx/onnx.hpp"
#include "onnx/operators.hpp"

namespace mlops::formats {

namespace {

using namespace onnx;

void report_operators(const Model& model, Scanning& scanning) {
  for (const auto& [op, count] : model.operators) {
    const auto verdict = judge_operator(op);
    if (!verdict) continue;
    // A function of the model is made of nodes, which are judged by themselves.
    if (verdict->rule == "onnx.custom-op" && model.functions.contains(op)) continue;
    scanning.report(verdict->safety, verdict->rule,
                    fmt::format("the operator `{}` of the domain `{}` {}", op.second, op.first, verdict->why));
  }
  for (const std::string& what : model.cut) {
    scanning.report(domain::Safety::unknown, "onnx.too-many",
                    fmt::format("there are more {} than are looked at", what));
  }
}

void report_all(const Model& model, Scanning& scanning) {
  report_operators(model, scanning);
  for (const std::string& problem : model.problems)
    scanning.report(domain::Safety::malformed, "onnx.malformed", problem);
  for (const domain::Finding& finding : judge_locations(model))
    scanning.report(finding.safety, finding.rule, finding.what);
  const Neighbours* neighbours = scanning.neighbours();
  const FileSet* set = neighbours == nullptr ? nullptr : &neighbours->set;
  const std::string_view path = neighbours == nullptr ? std::string_view{} : neighbours->path;
  for (const domain::Finding& finding : judge_targets(model, set, path))
    scanning.report(finding.safety, finding.rule, finding.what);
}

}  // namespace

void scan_onnx(const ByteSource& source, Scanning& scanning) {
  Model model;
  try {
    read_model(source, model);
  } catch (const Malformed&) {
    report_all(model, scanning);
    throw;
  }
  report_all(model, scanning);
}

}  // namespace mlops::formats
