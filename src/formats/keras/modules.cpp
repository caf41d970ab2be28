#include "keras/modules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <fmt/core.h>

#include "keras/names.hpp"
#include "pickle/globals.hpp"
#include "word_list.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

// Beside what no pickle may name: modules that a pickle's own rules tell apart by the function.
constexpr std::string_view denied_roots = "codecs io ntpath pathlib posixpath";

constexpr std::string_view denied_builtins = R"(
__build_class__ __import__ breakpoint classmethod compile delattr eval exec execfile exit file getattr globals
help input locals open print quit setattr type vars
)";

// What Keras's own names begin with, longest first where one begins with another.
constexpr auto keras_roots = std::to_array<std::string_view>(
    {"keras._tf_keras.keras", "keras.api", "keras.src", "keras_core.src", "keras_core", "keras",
     "tensorflow.python.keras", "tensorflow.keras", "tf_keras.src", "tf_keras", "tf.keras"});

constexpr auto packages_beside = std::to_array<std::string_view>({"keras_cv", "keras_hub", "keras_nlp"});

// Of Keras: where only classes and functions are that models are made of.
constexpr auto modelling = std::to_array<std::string_view>(
    {"activations", "constraints", "dtype_policies", "engine", "initializers", "layers", "losses", "metrics",
     "mixed_precision", "models", "ops", "optimizers", "quantizers", "random", "regularizers"});

// Of Keras: what reads, writes, downloads, or loads something else.
constexpr auto reaching =
    std::to_array<std::string_view>({"applications", "backend.clear_session", "callbacks", "config", "datasets",
                                     "export", "legacy.saving", "preprocessing", "saving", "utils"});

constexpr auto dangerous_classes = std::to_array<std::string_view>(
    {"LambdaCallback", "ModelCheckpoint", "RemoteMonitor", "TFSMLayer", "TorchModuleWrapper"});
constexpr auto open_classes = std::to_array<std::string_view>({"FlaxLayer", "JaxLayer"});

// Names that no model needs, wherever they are.
constexpr std::string_view dangerous_functions = R"(
audio_dataset_from_directory check_call check_output clone_model deserialize_keras_object
enable_unsafe_deserialization from_config func_load get_file image_dataset_from_directory import_module load_data
load_img load_model load_weights model_from_config model_from_json model_from_yaml popen save_img save_model
save_weights system text_dataset_from_directory
)";

bool contains(std::span<const std::string_view> list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

std::string_view root_of(std::string_view module) { return module.substr(0, module.find('.')); }

bool is_denied(std::string_view module) {
  static const WordList list{denied_roots};
  return list.contains(root_of(module)) || pickle::is_denied_module(module);
}

bool is_denied_builtin(std::string_view name) {
  static const WordList list{denied_builtins};
  return list.contains(name);
}

bool is_dangerous_function(std::string_view name) {
  static const WordList list{dangerous_functions};
  return list.contains(name);
}

// Whether `module` is `parent` or inside of it.
bool is_inside(std::string_view module, std::string_view parent) {
  return module.starts_with(parent) && (module.size() == parent.size() || module[parent.size()] == '.');
}

// The part of a module's name behind Keras's own: "layers" of "keras.src.layers"; nullopt when it is not of Keras.
std::optional<std::string_view> inside_keras(std::string_view module) {
  for (const std::string_view root : keras_roots) {
    if (!is_inside(module, root)) continue;
    return module.substr(std::min(module.size(), root.size() + 1));
  }
  return std::nullopt;
}

bool is_identifier(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

bool is_function_name(std::string_view name) { return !name.empty() && (name[0] < 'A' || name[0] > 'Z'); }

std::string full_name(std::string_view module, std::string_view name) {
  return module.empty() ? std::string{name} : fmt::format("{}.{}", module, name);
}

bool is_any_inside(std::string_view module, std::span<const std::string_view> parents) {
  return std::ranges::any_of(parents, [&](std::string_view parent) { return is_inside(module, parent); });
}

Judgement dangerous(std::string_view module, std::string_view name) {
  return {Safety::dangerous, fmt::format("names {}", full_name(module, name))};
}

Judgement unknown(std::string_view module, std::string_view name) {
  return {Safety::unknown, fmt::format("needs {}, which is not of Keras", full_name(module, name))};
}

// A class or function in a module of Keras.
Judgement judge_inside_keras(std::string_view module, std::string_view inside, std::string_view name) {
  if (is_any_inside(inside, reaching)) {
    // A class there may be part of a model, as keras.utils.FeatureSpace is; a function is not.
    return is_function_name(name) || !inside.starts_with("utils") ? dangerous(module, name) : unknown(module, name);
  }
  if (inside.empty()) return is_keras_name(name) ? Judgement{} : unknown(module, name);
  if (!is_any_inside(inside, modelling) || !is_identifier(name)) return unknown(module, name);
  const bool is_private = name.starts_with('_');
  const bool is_lookup = name == "get" || name == "deserialize" || name == "serialize";
  return is_private || is_lookup ? unknown(module, name) : Judgement{};
}

}  // namespace

Judgement judge_keras_module(std::string_view module) {
  if (module.empty() || inside_keras(module) || contains(packages_beside, root_of(module))) return {};
  if (is_denied(module)) return {Safety::dangerous, fmt::format("names the module {}", module)};
  return {Safety::unknown, fmt::format("names the module {}, which is not of Keras", module)};
}

Judgement judge_keras_class(std::string_view module, std::string_view name) {
  if (contains(dangerous_classes, name) || is_dangerous_function(name)) return dangerous(module, name);
  if (contains(open_classes, name))
    return {Safety::unknown, fmt::format("{} runs a function of another library", name)};
  if (module.empty()) return is_keras_name(name) ? Judgement{} : judge_registered_name(name);
  if (is_denied(module)) return dangerous(module, name);
  if (contains(packages_beside, root_of(module))) return {};
  const auto inside = inside_keras(module);
  if (!inside) return unknown(module, name);
  if (is_function_name(name) && is_inside(*inside, "models")) return dangerous(module, name);
  const Judgement judgement = judge_inside_keras(module, *inside, name);
  // A function in place of a class is called with what the file says; honest files do it with `l2` and the like.
  const bool is_odd = is_function_name(name) && !is_keras_name(name);
  return judgement.safety == Safety::allowlisted && is_odd ? unknown(module, name) : judgement;
}

Judgement judge_keras_function(std::string_view module, std::string_view name) {
  if (is_dangerous_function(name)) return dangerous(module, name);
  if (module.empty() || module == "builtins") {
    if (is_denied_builtin(name)) return dangerous("builtins", name);
    return is_keras_name(name) ? Judgement{} : judge_registered_name(name);
  }
  if (is_denied(module)) return dangerous(module, name);
  const auto inside = inside_keras(module);
  if (!inside) return unknown(module, name);
  if (is_function_name(name) && is_inside(*inside, "models")) return dangerous(module, name);
  return judge_inside_keras(module, *inside, name);
}

Judgement judge_registered_name(std::string_view name) {
  const std::size_t arrow = name.find('>');
  if (arrow == std::string_view::npos) return is_keras_name(name) ? Judgement{} : unknown("", name);
  const std::string_view package = name.substr(0, arrow);
  if (package == "keras" || package == "keras.src" || contains(packages_beside, root_of(package))) return {};
  if (is_denied(package)) return dangerous(package, name.substr(arrow + 1));
  return unknown(package, name.substr(arrow + 1));
}

Judgement judge_tensorflow_operation(std::string_view name) {
  constexpr auto pure =
      std::to_array<std::string_view>({"__operators__", "bitwise", "image", "keras.activations", "keras.backend",
                                       "linalg", "math", "nn", "random", "ragged", "signal", "sparse", "strings"});
  constexpr auto reading = std::to_array<std::string_view>({"compat.v1.py_func",
                                                            "data",
                                                            "io",
                                                            "load_library",
                                                            "load_op_library",
                                                            "numpy_function",
                                                            "py_function",
                                                            "raw_ops",
                                                            "saved_model",
                                                            "train",
                                                            "EagerPyFunc",
                                                            "MatchingFiles",
                                                            "MergeV2Checkpoints",
                                                            "PrintV2",
                                                            "PyCall",
                                                            "PyFunc",
                                                            "PyFuncStateless",
                                                            "ReadFile",
                                                            "Restore",
                                                            "RestoreV2",
                                                            "Save",
                                                            "SaveV2",
                                                            "ShardedFilename",
                                                            "WriteFile",
                                                            "WholeFileReaderV2"});
  if (is_any_inside(name, reading)) return {Safety::dangerous, fmt::format("calls tf.{}", name)};
  // Plain operations: tf.concat, and AddV2 of a graph.
  if (is_any_inside(name, pure) || is_identifier(name)) return {};
  return {Safety::unknown, fmt::format("calls tf.{}", name)};
}

}  // namespace mlops::formats
