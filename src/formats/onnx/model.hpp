// An ONNX model, read once from end to end: what it declares, uses and points at. Its weights are passed over.
// Source: onnx.proto of IR version 12, and docs/IR.md.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "onnx/tensor.hpp"

namespace mlops::formats::onnx {

// An operator or function: its domain ("" is written "ai.onnx") and name.
using OperatorName = std::pair<std::string, std::string>;

struct Initializer {
  domain::Tensor tensor;
  std::uint64_t elements = 0;  // that are stored
};

// Every list is bounded; where something was left out, the count goes on or `cut` says so.
struct Model {
  static constexpr std::size_t most_operators = 4096;
  static constexpr std::size_t most_problems = 100;
  static constexpr std::size_t most_ports = 10'000;
  static constexpr std::size_t most_external = 100'000;

  std::int64_t ir_version = 0;
  std::string producer_name;
  std::string producer_version;
  std::string domain;
  std::int64_t model_version = 0;
  std::string doc_string;
  std::string graph_name;
  std::map<std::string, std::int64_t> opset_imports;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::uint64_t graphs = 0;  // in ModelProto.graph: one, in an honest file

  std::uint64_t nodes = 0;  // also of subgraphs and functions
  std::map<OperatorName, std::uint64_t> operators;
  std::set<OperatorName> functions;  // that the model brings along
  std::uint64_t function_count = 0;
  std::uint64_t subgraphs = 0;
  std::uint64_t training_steps = 0;
  std::uint64_t quantised_tensors = 0;  // by an annotation
  std::uint64_t constant_bytes = 0;     // in attributes of nodes

  std::vector<domain::Port> inputs;  // as declared: those with an initializer too
  std::vector<domain::Port> outputs;
  std::vector<Initializer> initializers;  // those of subgraphs as "node/attribute/name"
  std::uint64_t initializer_count = 0;
  std::uint64_t initializer_bytes = 0;
  std::uint64_t parameters = 0;
  std::set<std::string> initializer_names;            // of the main graph
  std::map<std::string, std::uint64_t> weight_bytes;  // by dtype

  std::vector<ExternalData> external;
  std::vector<std::string> context_files;  // that nodes `EPContext` load compiled code from
  std::vector<std::string> problems;       // of tensors
  std::vector<std::string> cut;            // "operators": there were more than are kept

  void note(std::string problem);
  void note_cut(std::string_view what);
};

// Throws Malformed where the file breaks off or contradicts itself; what was read until then is in `model`.
void read_model(const ByteSource& source, Model& model);

}  // namespace mlops::formats::onnx
