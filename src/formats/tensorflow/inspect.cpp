#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "tensorflow/saved_model.hpp"
#include "tensorflow/tensorflow.hpp"

namespace mlops::formats {

namespace {

using namespace tensorflow;

constexpr std::size_t most_listed = 200;
constexpr std::size_t most_meta_graphs = 100;
constexpr std::string_view default_signature = "serving_default";

template <typename Texts>
Json list_of(const Texts& texts) {
  Json::Array items;
  for (const std::string& text : texts) {
    if (items.size() < most_listed) items.emplace_back(text);
  }
  return Json{std::move(items)};
}

// The most used first.
Json operators_of(const MetaGraph& graph) {
  std::vector<std::pair<std::string, std::uint64_t>> all{graph.operators.begin(), graph.operators.end()};
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const auto& entry) { return entry.second; });
  Json::Object counts;
  for (const auto& [op, count] : all) {
    if (counts.size() == most_listed) break;
    if (!op.empty()) counts.emplace_back(op, Json{count});
  }
  return Json{std::move(counts)};
}

// Signatures of the runtime's own are no way to call the model.
bool is_internal(const std::string& signature) { return signature.starts_with("__saved_model_"); }

Json signatures_of(const MetaGraph& graph) {
  Json::Object signatures;
  const auto names = [](const std::vector<domain::Port>& ports) {
    Json::Array items;
    for (const domain::Port& port : ports) {
      if (items.size() < most_listed) items.emplace_back(port.name);
    }
    return Json{std::move(items)};
  };
  for (const auto& [name, signature] : graph.signatures) {
    if (is_internal(name)) continue;
    signatures.emplace_back(name, Json::object({{"method", signature.method},
                                                {"inputs", names(signature.inputs)},
                                                {"outputs", names(signature.outputs)}}));
  }
  return Json{std::move(signatures)};
}

void tell_signature(const MetaGraph& graph, domain::Inspection& inspection) {
  auto chosen = graph.signatures.find(std::string{default_signature});
  if (chosen == graph.signatures.end())
    chosen = std::ranges::find_if(graph.signatures, [](const auto& entry) { return !is_internal(entry.first); });
  if (chosen == graph.signatures.end()) return;
  inspection.signature.inputs = chosen->second.inputs;
  inspection.signature.outputs = chosen->second.outputs;
}

// Of what is trained; of everything when the file marks nothing as such.
std::optional<std::uint64_t> count_parameters(const std::vector<Variable>& variables) {
  std::uint64_t trained = 0;
  std::uint64_t all = 0;
  for (const Variable& variable : variables) {
    std::uint64_t elements = 1;
    for (const std::uint64_t dim : variable.tensor.shape) {
      if (dim != 0 && elements > (std::uint64_t{1} << 62) / dim) return std::nullopt;
      elements *= dim;
    }
    if (elements > (std::uint64_t{1} << 62) - all) return std::nullopt;
    all += elements;
    if (variable.trainable) trained += elements;
  }
  return trained > 0 ? trained : all;
}

void tell_variables(const MetaGraph& graph, domain::Inspection& inspection) {
  const auto& variables = !graph.variables.empty()         ? graph.variables
                          : !graph.graph_variables.empty() ? graph.graph_variables
                                                           : graph.weights;
  for (const Variable& variable : variables) inspection.add_tensor(variable.tensor);
  inspection.parameters = count_parameters(variables);
}

void tell_graph(const MetaGraph& graph, domain::Inspection& inspection) {
  Json facts{std::move(inspection.facts)};
  if (!graph.version.empty()) inspection.libraries["tensorflow"] = graph.version;
  if (!graph.tags.empty()) facts.set("tags", list_of(graph.tags));
  if (!graph.signatures.empty()) facts.set("signatures", signatures_of(graph));
  if (!graph.root_object.empty()) facts.set("root_object", graph.root_object);
  facts.set("nodes", Json{graph.nodes});
  facts.set("operators", operators_of(graph));
  if (!graph.functions.empty()) facts.set("functions", Json{graph.functions.size()});
  if (!graph.assets.empty()) {
    Json::Array files;
    for (const auto& [file, tensor] : graph.assets) {
      if (files.size() < most_listed) files.emplace_back(file);
    }
    facts.set("assets", Json{std::move(files)});
  }
  if (!graph.cut.empty()) facts.set("incomplete", list_of(graph.cut));
  inspection.facts = facts.as_object();
  tell_signature(graph, inspection);
  tell_variables(graph, inspection);
}

bool is_for_serving(const MetaGraph& graph) { return std::ranges::find(graph.tags, "serve") != graph.tags.end(); }

// Tells of the graph also when it breaks off.
template <typename Read>
void inspect_graph(const ByteSource& source, domain::Inspection& inspection, Read read) {
  ByteReader reader{source};
  MetaGraph graph;
  try {
    read(ProtoMessage{reader}, graph);
  } catch (const Malformed&) {
    tell_graph(graph, inspection);
    throw;
  }
  tell_graph(graph, inspection);
}

}  // namespace

void inspect_saved_model(const ByteSource& source, domain::Inspection& inspection) {
  std::uint64_t schema_version = 0;
  std::optional<MetaGraph> chosen;
  Json::Array others;
  const auto finish = [&] {
    inspection.format_version = std::to_string(schema_version);
    if (chosen) tell_graph(*chosen, inspection);
    if (others.size() > 1) inspection.facts.emplace_back("meta_graphs", Json{std::move(others)});
  };
  try {
    constexpr bool follows_calls = false;
    for_each_meta_graph(source, schema_version, follows_calls, [&](MetaGraph& graph) {
      if (others.size() < most_meta_graphs) others.push_back(list_of(graph.tags));
      if (!chosen || (is_for_serving(graph) && !is_for_serving(*chosen))) chosen = std::move(graph);
    });
  } catch (const Malformed&) {
    finish();
    throw;
  }
  finish();
}

void inspect_meta_graph(const ByteSource& source, domain::Inspection& inspection) {
  inspect_graph(source, inspection, read_meta_graph);
}

void inspect_graph_def(const ByteSource& source, domain::Inspection& inspection) {
  inspect_graph(source, inspection, read_bare_graph);
}

}  // namespace mlops::formats
