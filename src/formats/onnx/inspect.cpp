#include <algorithm>
#include <limits>
#include <set>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "inner_path.hpp"
#include "malformed.hpp"
#include "onnx/external.hpp"
#include "onnx/onnx.hpp"
#include "onnx/operators.hpp"

namespace mlops::formats {

namespace {

using namespace onnx;

constexpr std::size_t most_listed = 200;
constexpr std::int64_t first_ir_with_free_initializers = 4;

std::string full_name(const OperatorName& op) {
  return op.first == "ai.onnx" ? op.second : fmt::format("{}.{}", op.first, op.second);
}

// The most used first.
Json operators_of(const Model& model) {
  std::vector<std::pair<OperatorName, std::uint64_t>> all{model.operators.begin(), model.operators.end()};
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const auto& entry) { return entry.second; });
  Json::Object counts;
  for (const auto& [op, count] : all) {
    if (counts.size() == most_listed) break;
    counts.emplace_back(full_name(op), Json{count});
  }
  return Json{std::move(counts)};
}

std::string quantisation_of(const Model& model) {
  std::string_view style;
  for (const auto& [op, count] : model.operators) {
    const std::string_view found = quantisation_style(op);
    if (!found.empty() && (style.empty() || style == "QDQ")) style = found;
  }
  if (style.empty()) return model.quantised_tensors > 0 ? "annotated" : "";
  std::string dtype;
  std::uint64_t most = 0;
  for (const std::string_view narrow : {"int8", "uint8", "int4", "uint4", "int2", "uint2", "float8_e4m3fn",
                                        "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float4_e2m1fn"}) {
    const auto at = model.weight_bytes.find(std::string{narrow});
    if (at == model.weight_bytes.end() || at->second <= most) continue;
    dtype = narrow;
    most = at->second;
  }
  return dtype.empty() ? std::string{style} : fmt::format("{} {}", dtype, style);
}

bool is_licence_key(std::string_view key) {
  const std::string lower = lower_ascii(key);
  return lower == "license" || lower == "licence" || lower == "model_license" || lower == "model_licence";
}

void tell_signature(Model& model, domain::Inspection& inspection) {
  for (domain::Port& input : model.inputs) {
    const bool has_default = model.initializer_names.contains(input.name);
    // Until IR version 3 every initializer had to be among the inputs, and none of them was meant to be given.
    if (has_default && model.ir_version < first_ir_with_free_initializers) continue;
    input.required = !has_default;
    inspection.signature.inputs.push_back(std::move(input));
  }
  inspection.signature.outputs = std::move(model.outputs);
}

void tell_tensors(Model& model, domain::Inspection& inspection) {
  inspection.parameters = model.parameters;
  for (Initializer& initializer : model.initializers) inspection.tensors.push_back(std::move(initializer.tensor));
  inspection.tensor_count = model.initializer_count;
  inspection.tensor_bytes = model.initializer_bytes;
}

Json external_data_fact(const Model& model) {
  std::vector<std::string_view> files;
  std::uint64_t bytes = 0;
  bool has_checksums = false;
  for (const ExternalData& data : model.external) {
    const auto at = std::ranges::lower_bound(files, data.location);
    if ((at == files.end() || *at != data.location) && files.size() < most_listed) files.insert(at, data.location);
    const std::uint64_t size = data.length.value_or(data.needed.value_or(0));
    if (size <= std::numeric_limits<std::int64_t>::max() - bytes) bytes += size;
    has_checksums = has_checksums || data.has_checksum;
  }
  Json fact = Json::object({{"tensors", Json{model.external.size()}}, {"bytes", Json{bytes}}});
  if (has_checksums) fact.set("checksums", "not checked");
  Json::Array listed;
  for (const std::string_view file : files) listed.emplace_back(file);
  fact.set("files", Json{std::move(listed)});
  return fact;
}

template <typename Pairs>
Json object_of(const Pairs& pairs) {
  Json::Object members;
  for (const auto& [key, value] : pairs) {
    if (std::ranges::find(members, key, &Json::Member::first) == members.end()) members.emplace_back(key, Json{value});
  }
  return Json{std::move(members)};
}

// Domains that neither ONNX defines nor the model itself.
Json custom_domains_of(const Model& model) {
  Json::Array domains;
  for (const auto& [op, count] : model.operators) {
    if (is_known_domain(op.first) || model.functions.contains(op) || domains.size() == most_listed) continue;
    const Json domain{op.first};
    if (std::ranges::find(domains, domain) == domains.end()) domains.push_back(domain);
  }
  return Json{std::move(domains)};
}

void tell_facts(const Model& model, domain::Inspection& inspection) {
  Json facts{std::move(inspection.facts)};
  const auto tell_text = [&](const char* key, const std::string& text) {
    if (!text.empty()) facts.set(key, text);
  };
  const auto tell_count = [&](const char* key, std::uint64_t count) {
    if (count > 0) facts.set(key, Json{count});
  };
  facts.set("ir_version", Json{model.ir_version});
  facts.set("opset_imports", object_of(model.opset_imports));
  tell_text("domain", model.domain);
  if (model.model_version != 0) facts.set("model_version", Json{model.model_version});
  tell_text("graph_name", model.graph_name);
  tell_text("doc_string", model.doc_string);
  facts.set("nodes", Json{model.nodes});
  facts.set("operators", operators_of(model));
  if (Json domains = custom_domains_of(model); !domains.as_array().empty()) facts.set("custom_domains", domains);
  if (!model.metadata.empty()) facts.set("metadata", object_of(model.metadata));
  tell_count("functions", model.function_count);
  tell_count("subgraphs", model.subgraphs);
  tell_count("training_steps", model.training_steps);
  tell_count("constant_bytes", model.constant_bytes);
  if (!model.external.empty()) facts.set("external_data", external_data_fact(model));
  if (!model.cut.empty()) {
    Json::Array cut{model.cut.begin(), model.cut.end()};
    facts.set("incomplete", Json{std::move(cut)});
  }
  inspection.facts = facts.as_object();
}

void tell_origin(const Model& model, domain::Inspection& inspection) {
  inspection.format_version = std::to_string(model.ir_version);
  inspection.producer = model.producer_name;
  if (!model.producer_name.empty() && !model.producer_version.empty()) {
    inspection.producer += ' ' + model.producer_version;
    inspection.libraries.emplace(model.producer_name, model.producer_version);
  }
  for (const auto& [key, value] : model.metadata) {
    if (is_licence_key(key) && inspection.licence.empty()) inspection.licence = value;
  }
}

void tell_problems(const Model& model, domain::Inspection& inspection) {
  auto& problems = inspection.problems;
  problems.insert(problems.end(), model.problems.begin(), model.problems.end());
  for (const domain::Finding& finding : judge_locations(model)) problems.push_back(finding.what);
  for (std::string& overlap : overlaps(model)) problems.push_back(std::move(overlap));
  if (model.graphs == 0) problems.emplace_back("there is no graph");
  if (model.graphs > 1) problems.emplace_back("the graph is given more than once: readers join the pieces");
}

void tell(Model& model, domain::Inspection& inspection) {
  tell_origin(model, inspection);
  inspection.quantisation = quantisation_of(model);
  tell_facts(model, inspection);
  tell_problems(model, inspection);
  tell_signature(model, inspection);
  tell_tensors(model, inspection);
}

// The inspection of the file has said where it breaks off.
Model read_as_far_as_it_goes(const FileSet& set, const SetFile& file) {
  Model model;
  try {
    read_model(*set.open(file), model);
  } catch (const Malformed&) {
    return model;
  }
  return model;
}

}  // namespace

void inspect_onnx(const ByteSource& source, domain::Inspection& inspection) {
  Model model;
  try {
    read_model(source, model);
  } catch (const Malformed&) {
    tell(model, inspection);
    throw;
  }
  tell(model, inspection);
}

void inspect_onnx_neighbours(const FileSet& set, const SetFile& model, domain::Inspection& inspection) {
  const Model read = read_as_far_as_it_goes(set, model);
  for (const domain::Finding& finding : judge_targets(read, &set, model.path))
    inspection.problems.push_back(finding.what);
}

std::vector<std::string> data_files_of_onnx(const FileSet& set, const SetFile& model) {
  std::set<std::string> paths;
  for (const ExternalData& data : read_as_far_as_it_goes(set, model).external) {
    if (why_it_escapes(data.location)) continue;
    if (const SetFile* file = set.find(path_beside(model.path, data.location))) paths.insert(file->path);
  }
  return {paths.begin(), paths.end()};
}

}  // namespace mlops::formats
