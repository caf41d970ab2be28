// One input, output or param as MLflow writes it into MLmodel: a column, a tensor or a param spec.
// Source: mlflow/types/schema.py and the page "Model Signatures" of MLflow's documentation.
#pragma once

#include <mlops/domain/inspection.hpp>

namespace mlops::domain {

// Whether it has the keys of such a spec and not ours.
bool is_mlflow_port(const Json& json);

// Error{usage} with the reason alone when it is none.
Port mlflow_port(const Json& json);

}  // namespace mlops::domain
