#include "tensorflow/keras_config.hpp"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats::tensorflow {

namespace {

using domain::Safety;

std::string_view text_of(const Json* value) {
  return value != nullptr && value->is_string() ? std::string_view{value->as_string()} : std::string_view{};
}

// A function is either a name, or packed: its byte code, defaults and closure.
bool is_packed_function(const Json* function) {
  return function != nullptr && (function->is_array() || function->is_object());
}

bool has_code(const Json& config) {
  for (const char* key : {"function", "output_shape", "mask"}) {
    const std::string type_key = fmt::format("{}_type", key);
    if (text_of(config.find(type_key)) == "lambda") return true;
  }
  return is_packed_function(config.find("function"));
}

void judge_object(const Json& object, Scanning& scanning) {
  const std::string_view name = text_of(object.find("class_name"));
  const Json* config = object.find("config");
  if (name == "Lambda") {
    const std::string_view layer = config == nullptr ? std::string_view{} : text_of(config->find("name"));
    if (config != nullptr && has_code(*config)) {
      scanning.report(Safety::dangerous, "keras.lambda", fmt::format("the layer `{}` is Python code, a Lambda", layer));
    } else {
      scanning.report(Safety::unknown, "keras.lambda",
                      fmt::format("the layer `{}` calls a Python function by its name", layer));
    }
  }
  if (name == "__lambda__") scanning.report(Safety::dangerous, "keras.lambda", "a function is packed as Python code");
}

// Json is never deeper than its parser lets it be.
void walk(const Json& value, Scanning& scanning) {
  if (value.is_array()) {
    for (const Json& item : value.as_array()) walk(item, scanning);
  } else if (value.is_object()) {
    judge_object(value, scanning);
    for (const auto& [key, member] : value.as_object()) walk(member, scanning);
  }
}

std::optional<Json> parse(std::string_view json) {
  try {
    return parse_json(json, "the configuration");
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

void scan_keras_config(std::string_view json, Scanning& scanning) {
  const auto config = parse(json);
  if (config) return walk(*config, scanning);
  // Python's parser takes what ours does not: NaN, and members that are there twice.
  const bool names_lambda = json.find("Lambda") != std::string_view::npos ||
                            json.find("lambda") != std::string_view::npos || json.find("\\u") != std::string_view::npos;
  if (names_lambda)
    return scanning.report(Safety::malformed, "keras.config", "a configuration of Keras is no valid JSON");
}

std::string class_of_keras_config(std::string_view json) {
  const auto config = parse(json);
  return config ? std::string{text_of(config->find("class_name"))} : "";
}

}  // namespace mlops::formats::tensorflow
