// Fitted models as scikit-learn and those who follow its ways pickle them: an instance with its parameters and, under
// names that end in `_`, what fitting has set.
#pragma once

#include <mlops/domain/inspection.hpp>

#include "pickle/value.hpp"

namespace mlops::formats::pickle {

bool is_estimator(const Tree& tree, const Value& value);

// Class, release, parameters, steps, names of features and classes.
void describe_estimator(const Tree& tree, const Value& estimator, domain::Inspection& inspection);

}  // namespace mlops::formats::pickle
