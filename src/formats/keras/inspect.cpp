// Keras configurations: architecture, layers, inputs, outputs and settings of training.
#include <algorithm>
#include <array>
#include <string>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "json/json_text.hpp"
#include "keras/config.hpp"

namespace mlops::formats {

namespace {

using Shape = std::optional<std::vector<Json>>;

constexpr std::size_t most_layers = 300;
constexpr std::size_t most_ports = 100;
constexpr std::size_t most_dimensions = 32;
constexpr std::size_t longest_text = 300;

std::string shortened(std::string_view text) { return truncate_to_width(printable(text), longest_text); }

const Json& member(const Json& object, std::string_view key) {
  static const Json nothing;
  const Json* value = object.find(key);
  return value != nullptr ? *value : nothing;
}

// [null, 4], or the same inside of an object that says it is a tuple.
Shape shape_of(const Json& value) {
  const Json& items = value.is_object() ? member(value, "items") : value;
  if (!items.is_array() || items.as_array().size() > most_dimensions) return std::nullopt;
  std::vector<Json> shape;
  for (const Json& size : items.as_array()) {
    if (!size.is_null() && !size.is_integer()) return std::nullopt;
    shape.push_back(size);
  }
  return shape;
}

// "float32", or a policy: "mixed_float16" computes in float16.
std::string dtype_of_layer(const Json& layer_config) {
  const Json& dtype = member(layer_config, "dtype");
  std::string_view name = text_at(layer_config, "dtype");
  if (dtype.is_object()) name = text_at(member(dtype, "config"), "name");
  constexpr std::string_view mixed = "mixed_";
  if (name.starts_with(mixed)) name.remove_prefix(mixed.size());
  return shortened(name);
}

std::string_view name_of_layer(const Json& layer) {
  const std::string_view own = text_at(layer, "name");
  return own.empty() ? text_at(member(layer, "config"), "name") : own;
}

// The layers of a model; those of Keras 1 were the configuration itself.
const Json::Array& layers_of(const Json& model) {
  static const Json::Array none;
  const Json& config = member(model, "config");
  if (config.is_array()) return config.as_array();
  const Json& layers = member(config, "layers");
  return layers.is_array() ? layers.as_array() : none;
}

Shape input_shape_of(const Json& layer) {
  const Json& config = member(layer, "config");
  for (const std::string_view key : {"batch_shape", "batch_input_shape"}) {
    if (Shape shape = shape_of(member(config, key))) return shape;
  }
  return shape_of(member(member(layer, "build_config"), "input_shape"));
}

// What comes out of a layer when this goes in, of layers where it is plain.
Shape shape_after(const Json& layer, Shape shape) {
  constexpr auto same =
      std::to_array<std::string_view>({"Activation", "BatchNormalization", "Dropout", "ELU", "InputLayer",
                                       "LayerNormalization", "LeakyReLU", "PReLU", "ReLU", "Rescaling", "Softmax"});
  const std::string_view name = text_at(layer, "class_name");
  if (!shape || std::ranges::find(same, name) != same.end()) return shape;
  const Json& units = member(member(layer, "config"), "units");
  if (name != "Dense" || !units.is_integer() || shape->empty()) return std::nullopt;
  shape->back() = units;
  return shape;
}

class ModelInspector {
 public:
  ModelInspector(const Json& model, domain::Inspection& inspection)
      : config_{member(model, "config")}, layers_{layers_of(model)}, inspection_{inspection} {}

  void run() {
    list_layers();
    if (config_.is_object() && config_.find("input_layers") != nullptr) {
      read_graph();
    } else {
      read_chain();
    }
  }

 private:
  void list_layers() {
    Json::Array list;
    for (const Json& layer : layers_) {
      if (list.size() == most_layers) break;
      list.push_back(Json::object(
          {{"name", shortened(name_of_layer(layer))}, {"class", shortened(text_at(layer, "class_name"))}}));
    }
    if (const std::string_view name = text_at(config_, "name"); !name.empty()) {
      inspection_.facts.emplace_back("name", shortened(name));
    }
    inspection_.facts.emplace_back("layer_count", layers_.size());
    inspection_.facts.emplace_back("layers", std::move(list));
  }

  // Layers one after the other.
  void read_chain() {
    if (layers_.empty()) return;
    const Json& first = layers_.front();
    Shape shape = input_shape_of(first);
    if (!shape) shape = shape_of(member(config_, "build_input_shape"));
    const bool is_input = text_at(first, "class_name") == "InputLayer";
    const std::string name = shortened(name_of_layer(first)) + (is_input ? "" : "_input");
    inspection_.signature.inputs.push_back({name, dtype_of_layer(member(first, "config")), shape});
    for (const Json& layer : layers_) {
      // What was built is certain, what we work out may have met a layer that we don't know.
      if (Shape built = shape_of(member(member(layer, "build_config"), "input_shape"))) shape = std::move(built);
      shape = shape_after(layer, std::move(shape));
    }
    const Json& last = layers_.back();
    inspection_.signature.outputs.push_back(
        {shortened(name_of_layer(last)), dtype_of_layer(member(last, "config")), shape});
  }

  // A graph of layers, which names those at its ends.
  void read_graph() {
    for (const Json* layer : ends("input_layers")) {
      inspection_.signature.inputs.push_back(
          {shortened(name_of_layer(*layer)), dtype_of_layer(member(*layer, "config")), input_shape_of(*layer)});
    }
    for (const Json* layer : ends("output_layers")) {
      inspection_.signature.outputs.push_back({shortened(name_of_layer(*layer)),
                                               dtype_of_layer(member(*layer, "config")),
                                               shape_after(*layer, input_shape_of(*layer))});
    }
  }

  [[nodiscard]] std::vector<const Json*> ends(std::string_view key) const {
    std::vector<std::string_view> names;
    collect_names(member(config_, key), names);
    std::vector<const Json*> found;
    for (const std::string_view name : names) {
      const auto layer = std::ranges::find(layers_, name, name_of_layer);
      if (layer != layers_.end()) found.push_back(&*layer);
    }
    return found;
  }

  // ["a", 0, 0], a list of such, or an object with such values.
  static void collect_names(const Json& value, std::vector<std::string_view>& names) {
    if (names.size() == most_ports) return;
    if (value.is_object()) {
      for (const auto& [key, item] : value.as_object()) collect_names(item, names);
    }
    if (!value.is_array() || value.as_array().empty()) return;
    const Json& first = value.as_array().front();
    if (first.is_string()) {
      names.emplace_back(first.as_string());
      return;
    }
    for (const Json& item : value.as_array()) collect_names(item, names);
  }

  const Json& config_;
  const Json::Array& layers_;
  domain::Inspection& inspection_;
};

// An object by the name of its class or function, what is plain as it is.
Json brief(const Json& value, int depth = 0) {
  constexpr int deepest = 4;
  constexpr std::size_t most_items = 50;
  if (value.is_string()) return Json{shortened(value.as_string())};
  if (!value.is_object() && !value.is_array()) return value;
  if (depth == deepest) return Json{};
  if (const std::string_view name = text_at(value, "class_name"); !name.empty()) {
    const std::string_view function = text_at(value, "config");
    return Json{shortened(name == "function" ? function : name.substr(name.find_last_of(".>") + 1))};
  }
  if (value.is_object()) {
    Json::Object members;
    for (const auto& [key, item] : value.as_object()) {
      if (members.size() < most_items) members.emplace_back(shortened(key), brief(item, depth + 1));
    }
    return Json{std::move(members)};
  }
  Json::Array items;
  for (const Json& item : value.as_array()) {
    if (items.size() < most_items) items.push_back(brief(item, depth + 1));
  }
  return Json{std::move(items)};
}

}  // namespace

void inspect_keras_model(const Json& model, domain::Inspection& inspection) {
  inspection.architecture = shortened(text_at(model, "class_name"));
  ModelInspector{model, inspection}.run();
  if (const Json* compiled = model.find("compile_config"); compiled != nullptr) {
    inspect_keras_training(*compiled, inspection);
  }
}

void inspect_keras_training(const Json& training, domain::Inspection& inspection) {
  constexpr std::size_t most_settings = 50;
  const Json* old = training.find("optimizer_config");
  const Json& optimizer = old != nullptr ? *old : member(training, "optimizer");
  auto& parameters = inspection.hyperparameters;
  if (!optimizer.is_null()) parameters["optimizer"] = brief(optimizer);
  if (const Json& settings = member(optimizer, "config"); settings.is_object()) {
    for (const auto& [key, value] : settings.as_object()) {
      if (value.is_null() || key == "name" || parameters.size() == most_settings) continue;
      const bool is_rate = key == "learning_rate" || key == "lr";
      if (!is_rate && (value.is_object() || value.is_array())) continue;
      parameters[is_rate ? "learning_rate" : "optimizer." + shortened(key)] = brief(value);
    }
  }
  if (const Json& loss = member(training, "loss"); !loss.is_null()) parameters["loss"] = brief(loss);
  const Json& metrics = member(training, "metrics");
  if (metrics.is_array() && !metrics.as_array().empty()) inspection.facts.emplace_back("metrics", brief(metrics));
}

void note_keras_version(std::string_view version, std::string_view backend, domain::Inspection& inspection) {
  if (!version.empty()) {
    inspection.libraries["keras"] = shortened(version);
    inspection.producer = fmt::format("keras {}", shortened(version));
  }
  if (!backend.empty()) inspection.facts.emplace_back("backend", shortened(backend));
}

}  // namespace mlops::formats
