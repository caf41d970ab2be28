#include "mlflow_port.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <mlops/domain/signature.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {

namespace {

[[noreturn]] void fail(std::string what) { throw Error{ErrorKind::usage, std::move(what)}; }

const std::string& text_at(const Json& json, std::string_view key) {
  const Json* const value = json.find(key);
  if (value == nullptr || !value->is_string()) fail(fmt::format("`{}` must be text", key));
  if (value->as_string().size() > 1000) fail(fmt::format("`{}` is longer than 1000 bytes", key));
  return value->as_string();
}

bool is_required(const Json& json) {
  if (const Json* required = json.find("required"); required != nullptr && required->is_bool()) {
    return required->as_bool();
  }
  const Json* const optional = json.find("optional");  // before MLflow 2.5
  return optional == nullptr || !optional->is_bool() || !optional->as_bool();
}

std::vector<Json> dimensions(const Json& json) {
  if (!json.is_array()) fail("`shape` must be a list of sizes");
  constexpr std::size_t most = 64;
  std::vector<Json> shape = json.as_array();
  if (shape.size() > most) fail(fmt::format("`shape` has more than {} dimensions", most));
  for (Json& size : shape) {
    if (!size.is_integer() || size.as_integer() < -1) fail("`shape` must be a list of sizes, or -1 for any");
    if (size.as_integer() == -1) size = nullptr;
  }
  return shape;
}

// "object{a: int64, b?: string}", "map<float64>", "array<string>": nested types are compared as their text.
std::string nested_type(const Json& json);

std::string object_type(const Json& json) {
  const Json* const properties = json.find("properties");
  if (properties == nullptr || !properties->is_object()) return "object";
  constexpr std::size_t most_text = 2000;
  std::string text;
  for (const auto& [name, type] : properties->as_object()) {
    if (text.size() > most_text) break;
    text += fmt::format("{}{}{}: {}", text.empty() ? "" : ", ", name, is_required(type) ? "" : "?", nested_type(type));
  }
  return "object{" + text + "}";
}

std::string nested_type(const Json& json) {
  const std::string& type = text_at(json, "type");
  if (type == "object") return object_type(json);
  if (type == "array" && json.find("items") != nullptr) return fmt::format("array<{}>", nested_type(json.at("items")));
  if (type == "map" && json.find("values") != nullptr) return fmt::format("map<{}>", nested_type(json.at("values")));
  return dtype_of_mlflow(type);
}

}  // namespace

std::string dtype_of_mlflow(std::string_view type) {
  constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>({{"boolean", "bool"},
                                                                                       {"integer", "int32"},
                                                                                       {"long", "int64"},
                                                                                       {"int", "int64"},
                                                                                       {"float", "float32"},
                                                                                       {"double", "float64"},
                                                                                       {"str", "string"},
                                                                                       {"text", "string"},
                                                                                       {"bytes", "binary"},
                                                                                       {"half", "float16"}});
  const auto* const found = std::ranges::find(names, type, &std::pair<std::string_view, std::string_view>::first);
  return std::string{found == names.end() ? type : found->second};
}

bool is_mlflow_port(const Json& json) {
  return json.find("dtype") == nullptr && json.find("type") != nullptr &&
         (json.find("shape") == nullptr || json.find("default") != nullptr);
}

Port mlflow_port(const Json& json) {
  Port port;
  if (const Json* name = json.find("name"); name != nullptr && !name->is_null()) port.name = text_at(json, "name");
  port.required = is_required(json);
  if (const Json* tensor = json.find("tensor-spec")) {
    port.dtype = dtype_of_mlflow(text_at(*tensor, "dtype"));
    if (const Json* shape = tensor->find("shape")) port.shape = dimensions(*shape);
    return port;
  }
  // Of an array of a column the shape is told; its items are what is compared.
  const Json* item = &json;
  while (text_at(*item, "type") == "array" && item->find("items") != nullptr) {
    if (!port.shape) port.shape.emplace();
    port.shape->emplace_back(nullptr);
    item = item->find("items");
  }
  port.dtype = nested_type(*item);
  if (json.find("default") == nullptr) return port;
  port.required = false;  // a param has a value when nobody gives it one
  if (const Json* shape = json.find("shape"); shape != nullptr && !shape->is_null()) port.shape = dimensions(*shape);
  return port;
}

}  // namespace mlops::domain
