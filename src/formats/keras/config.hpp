// Keras configurations: the JSON in .keras archives, HDF5 attributes and architecture files, of Keras 1 to 3.
// Source: keras.saving.serialize_keras_object and the get_config methods of the layers.
#pragma once

#include <string_view>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/json.hpp>

#include "scanning.hpp"

namespace mlops::formats {

constexpr std::size_t longest_keras_json = 32u << 20;

// Python's JSON, which has also NaN and Infinity: they become null. Malformed when it is none, Unscannable when it is
// too long.
Json parse_keras_json(std::string_view text);

// Whether this value is a model: an object with a class and its configuration.
bool is_keras_model(const Json& value);
// Whether a text may be a configuration, and must be looked into.
bool looks_like_keras(std::string_view text);

// Architecture, layers, inputs and outputs of a model's configuration, and how it was compiled.
void inspect_keras_model(const Json& model, domain::Inspection& inspection);
// The optimiser, its settings and the loss: `compile_config`, or `training_config` of HDF5 files.
void inspect_keras_training(const Json& training, domain::Inspection& inspection);
// The libraries that the file was made with.
void note_keras_version(std::string_view version, std::string_view backend, domain::Inspection& inspection);

// What loading a model with this configuration can do. Never throws Malformed: that is reported too.
void scan_keras_json(std::string_view text, Scanning& scanning);
void scan_keras_config(const Json& config, Scanning& scanning);

}  // namespace mlops::formats
