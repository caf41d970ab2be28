// Names of classes and functions that belong to Keras itself, where a configuration gives no module.
#pragma once

#include <string_view>

namespace mlops::formats {

bool is_keras_name(std::string_view name);

}  // namespace mlops::formats
