// What a Keras configuration may name: which classes and functions loading it finds and calls.
#pragma once

#include <string>
#include <string_view>

#include <mlops/domain/inspection.hpp>

namespace mlops::formats {

struct Judgement {
  domain::Safety safety = domain::Safety::allowlisted;
  std::string what;  // "" when it is allowlisted
};

// An object with this class_name and module; "" where it has none.
Judgement judge_keras_class(std::string_view module, std::string_view name);
// A function that is named and not written down.
Judgement judge_keras_function(std::string_view module, std::string_view name);
// A module that is named anywhere else.
Judgement judge_keras_module(std::string_view module);
// "package>Class", or only a class.
Judgement judge_registered_name(std::string_view name);
// The operation of a TensorFlow layer: "math.multiply", "io.read_file", "AddV2".
Judgement judge_tensorflow_operation(std::string_view name);

}  // namespace mlops::formats
