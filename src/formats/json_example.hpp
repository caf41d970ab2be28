// An example of a model's input as JSON: the forms that pandas, MLflow's and TensorFlow's servers take.
// Source: "Local model deployment / accepted input formats" of MLflow, "RESTful API" of TensorFlow Serving.
#pragma once

#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/json.hpp>

namespace mlops::formats {

// Error{usage} with the reason alone when it is none of these forms.
std::vector<domain::Port> ports_of_example(const Json& example);

}  // namespace mlops::formats
