// Inspections and scans as JSON, and back.
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/inspection.hpp>
#include <mlops/domain/signature.hpp>
#include <mlops/support/error.hpp>

#include "json_parts.hpp"

namespace mlops::domain {

namespace {

template <typename T>
Json plain_list(const std::vector<T>& items) {
  Json::Array array;
  array.reserve(items.size());
  for (const T& item : items) array.emplace_back(item);
  return Json{std::move(array)};
}

Tensor tensor_from(const Json& json) {
  Tensor tensor{.name = json.at("name").as_string(),
                .dtype = json.at("dtype").as_string(),
                .shape = {},
                .bytes = count_of(json.at("bytes"))};
  for (const Json& dimension : json.at("shape").as_array()) tensor.shape.push_back(count_of(dimension));
  return tensor;
}

}  // namespace

Json to_json(const Tensor& tensor) {
  return Json::object(
      {{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", plain_list(tensor.shape)}, {"bytes", tensor.bytes}});
}

Json to_json(const Finding& finding) {
  return Json::object(
      {{"verdict", name_of(finding.safety)}, {"rule", finding.rule}, {"where", finding.where}, {"what", finding.what}});
}

Json to_json(const Inspection& inspection, WithTensors tensors) {
  Json list;
  if (tensors == WithTensors::yes) {
    list = Json::array();
    for (const Tensor& tensor : inspection.tensors) list.push_back(to_json(tensor));
  }
  return Json::object({{"format", inspection.format},
                       {"format_version", inspection.format_version},
                       {"architecture", inspection.architecture},
                       {"producer", inspection.producer},
                       {"licence", inspection.licence},
                       {"quantisation", inspection.quantisation},
                       {"parameters", inspection.parameters},
                       {"tensor_count", inspection.tensor_count},
                       {"tensor_bytes", inspection.tensor_bytes},
                       {"tensors", std::move(list)},
                       {"signature", inspection.signature.empty() ? Json{} : to_json(inspection.signature)},
                       {"hyperparameters", object_of(inspection.hyperparameters)},
                       {"libraries", object_of(inspection.libraries)},
                       {"facts", Json{inspection.facts}},
                       {"problems", plain_list(inspection.problems)}});
}

Json to_json(const Scan& scan) {
  Json findings = Json::array();
  for (const Finding& finding : scan.findings) findings.push_back(to_json(finding));
  return Json::object({{"verdict", name_of(scan.safety)},
                       {"format", scan.format},
                       {"supported", scan.supported},
                       {"findings", std::move(findings)},
                       {"globals", plain_list(scan.globals)}});
}

Inspection inspection_from_json(const Json& json) {
  try {
    Inspection inspection;
    inspection.format = json.at("format").as_string();
    inspection.format_version = json.at("format_version").as_string();
    inspection.architecture = json.at("architecture").as_string();
    inspection.producer = json.at("producer").as_string();
    inspection.licence = json.at("licence").as_string();
    inspection.quantisation = json.at("quantisation").as_string();
    if (const Json& parameters = json.at("parameters"); !parameters.is_null()) {
      inspection.parameters = count_of(parameters);
    }
    if (const Json& tensors = json.at("tensors"); !tensors.is_null()) {
      for (const Json& tensor : tensors.as_array()) inspection.add_tensor(tensor_from(tensor));
    }
    inspection.tensor_count = count_of(json.at("tensor_count"));
    inspection.tensor_bytes = count_of(json.at("tensor_bytes"));
    if (const Json& signature = json.at("signature"); !signature.is_null()) {
      inspection.signature = parse_signature(signature, "signature");
    }
    for (const auto& [name, value] : json.at("hyperparameters").as_object()) {
      inspection.hyperparameters.emplace(name, value);
    }
    for (const auto& [name, value] : json.at("libraries").as_object()) {
      inspection.libraries.emplace(name, value.as_string());
    }
    inspection.facts = json.at("facts").as_object();
    for (const Json& problem : json.at("problems").as_array()) inspection.problems.push_back(problem.as_string());
    return inspection;
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("a stored inspection can't be read: {}", error.message())};
  }
}

}  // namespace mlops::domain
