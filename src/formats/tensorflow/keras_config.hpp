// Keras layers as JSON, which SavedModels carry along: whether rebuilding them unpacks Python code.
#pragma once

#include <string>
#include <string_view>

#include "scanning.hpp"

namespace mlops::formats::tensorflow {

// Reports `Lambda` layers and packed functions, at any depth.
void scan_keras_config(std::string_view json, Scanning& scanning);

// The class of the outermost object: "Sequential"; "" when it can't be told.
std::string class_of_keras_config(std::string_view json);

}  // namespace mlops::formats::tensorflow
