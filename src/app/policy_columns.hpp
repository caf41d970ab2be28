// Columns that a policy names, held against the holdouts that are at hand.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <mlops/domain/policy.hpp>

namespace mlops::app {

// A line for each column after `by` that neither the holdout has nor the recipe names, but that is like one of the
// holdout's. The predictions may still bring it, so that it is no mistake.
std::vector<std::string> doubtful_columns(const std::filesystem::path& project, const domain::Policy& policy);

}  // namespace mlops::app
