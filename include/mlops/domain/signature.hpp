// How a model is called: read, written, and compared with how it was called before.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/json.hpp>

namespace mlops::domain {

// {"inputs": [{"name", "dtype", "shape", "required"}], "outputs": […], "params": […]}; `shape` is null, or a list of
// integers, names and nulls.
Json to_json(const Signature& signature);

// That form, or MLflow's (lists of column and tensor specs, or JSON text that holds them); "dtype" may be left out, and
// "type" be written for it. Error{usage} "SOURCE: inputs[2]: …" names the key at fault.
Signature parse_signature(const Json& json, std::string_view source);

// The dtype of our vocabulary for MLflow's ("long" is int64) or numpy's name of a type.
std::string dtype_of_mlflow(std::string_view type);

// One difference, for those who call the model.
struct SignatureChange {
  bool breaks = false;  // whether a caller of the one before may fail, or misunderstand the answer
  std::string what;     // one sentence without a final period
  friend bool operator==(const SignatureChange&, const SignatureChange&) = default;
};

// In the order of inputs, outputs, params; what breaks is not sorted first. The rules: docs/inspect.md.
std::vector<SignatureChange> compare_signatures(const Signature& before, const Signature& after);

}  // namespace mlops::domain
