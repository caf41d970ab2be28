#include <mlops/domain/signature.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "mlflow_port.hpp"

namespace mlops::domain {

namespace {

constexpr std::size_t most_dimensions = 64;

Json to_json(const Port& port) {
  Json shape;
  if (port.shape) shape = Json{*port.shape};
  return Json::object({{"name", port.name}, {"dtype", port.dtype}, {"shape", shape}, {"required", port.required}});
}

Json to_json(const std::vector<Port>& ports) {
  Json::Array items;
  for (const Port& port : ports) items.push_back(to_json(port));
  return Json{std::move(items)};
}

// Where in a document something stands, for its errors.
struct Place {
  std::string_view source;
  std::string where;  // "inputs[2]"

  [[noreturn]] void fail(std::string_view what) const {
    throw Error{ErrorKind::usage, fmt::format("{}: {}: {}", source, where, what)};
  }
};

std::string text_member(const Json& object, std::string_view key, const Place& place) {
  const Json* const value = object.find(key);
  if (value == nullptr || value->is_null()) return "";
  if (!value->is_string()) place.fail(fmt::format("`{}` must be text", key));
  if (value->as_string().size() > 1000) place.fail(fmt::format("`{}` is longer than 1000 bytes", key));
  return value->as_string();
}

bool required_of(const Json& object, const Place& place) {
  for (const auto& [key, meaning] : {std::pair{"required", true}, std::pair{"optional", false}}) {
    const Json* const value = object.find(key);
    if (value == nullptr || value->is_null()) continue;
    if (!value->is_bool()) place.fail(fmt::format("`{}` must be true or false", key));
    return value->as_bool() == meaning;
  }
  return true;
}

bool is_dimension(const Json& value) {
  if (value.is_null() || value.is_string()) return true;
  return value.is_integer() && value.as_integer() >= -1;
}

std::optional<std::vector<Json>> shape_of(const Json& object, const Place& place) {
  const Json* const value = object.find("shape");
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_array() || value->as_array().size() > most_dimensions ||
      !std::ranges::all_of(value->as_array(), is_dimension)) {
    place.fail("`shape` must be a list of sizes, names and nulls, or null");
  }
  std::vector<Json> shape = value->as_array();
  for (Json& dimension : shape) {
    if (dimension == Json{-1}) dimension = nullptr;  // as numpy and MLflow write what may be of any size
  }
  return shape;
}

// Keys of others are not ours to refuse, but a slip of the pen is.
void refuse_near_misses(const Json& object, const Place& place) {
  static const std::vector<std::string> known = {"name", "dtype", "shape", "required", "optional", "type"};
  for (const auto& [key, value] : object.as_object()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    if (key == "items" || key == "types") continue;
    if (const auto near = near_miss(key, known)) {
      place.fail(fmt::format("unknown key `{}`; did you mean `{}`?", printable(key), *near));
    }
  }
}

Port port_of(const Json& json, const Place& place) {
  if (!json.is_object()) place.fail("must be an object with `name`, `dtype` and `shape`");
  if (is_mlflow_port(json)) {
    try {
      return mlflow_port(json);
    } catch (const Error& error) {
      place.fail(error.message());
    }
  }
  refuse_near_misses(json, place);
  Port port{.name = text_member(json, "name", place),
            .dtype = dtype_of_mlflow(text_member(json, "dtype", place)),
            .shape = shape_of(json, place),
            .required = required_of(json, place)};
  if (port.dtype.empty()) port.dtype = dtype_of_mlflow(text_member(json, "type", place));
  return port;
}

std::vector<Port> list_of(const Json& json, const Place& place) {
  std::vector<Port> ports;
  std::set<std::string> names;
  for (std::size_t i = 0; i < json.as_array().size(); ++i) {
    const Place here{place.source, fmt::format("{}[{}]", place.where, i)};
    Port port = port_of(json.as_array()[i], here);
    if (!port.name.empty() && !names.insert(port.name).second)
      here.fail(fmt::format("a second `{}`", printable(port.name)));
    ports.push_back(std::move(port));
  }
  return ports;
}

// {"age": "int64", "income": "float64"}: the short form that people write by hand.
std::vector<Port> ports_by_name(const Json& json, const Place& place) {
  std::vector<Port> ports;
  for (const auto& [name, held] : json.as_object()) {
    const Place here{place.source, fmt::format("{}.{}", place.where, printable(name))};
    Port port;
    if (held.is_string()) {
      port.dtype = dtype_of_mlflow(held.as_string());
    } else {
      port = port_of(held, here);
    }
    port.name = name;
    ports.push_back(std::move(port));
  }
  return ports;
}

std::vector<Port> ports_of(const Json& signature, std::string_view key, std::string_view source) {
  constexpr std::size_t most_ports = 100'000;
  const Json* const value = signature.find(key);
  if (value == nullptr || value->is_null()) return {};
  const Place place{source, std::string{key}};
  if (value->is_string()) {
    const Json inner = parse_json(value->as_string(), fmt::format("{}: {}", source, key));
    return ports_of(Json::object({{std::string{key}, inner.is_string() ? Json::array() : inner}}), key, source);
  }
  if (value->is_object()) return ports_by_name(*value, place);
  if (!value->is_array()) place.fail("must be a list");
  if (value->as_array().size() > most_ports) place.fail(fmt::format("more than {} of them", most_ports));
  return list_of(*value, place);
}

}  // namespace

Json to_json(const Signature& signature) {
  return Json::object({{"inputs", to_json(signature.inputs)},
                       {"outputs", to_json(signature.outputs)},
                       {"params", to_json(signature.params)}});
}

Signature parse_signature(const Json& json, std::string_view source) {
  const Json* const inner = json.find("signature");
  if (inner != nullptr && inner->is_object()) return parse_signature(*inner, source);
  if (!json.is_object() || (json.find("inputs") == nullptr && json.find("outputs") == nullptr)) {
    throw Error{ErrorKind::usage, fmt::format("{}: a signature is a JSON object with `inputs` and `outputs`", source)};
  }
  Signature signature{.inputs = ports_of(json, "inputs", source),
                      .outputs = ports_of(json, "outputs", source),
                      .params = ports_of(json, "params", source)};
  return signature;
}

}  // namespace mlops::domain
