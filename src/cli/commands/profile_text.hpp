// What is told of a profile, to people.
#pragma once

#include <mlops/app/dataset_profile.hpp>

#include "session.hpp"

namespace mlops::cli {

// So many of the most frequent values of a column.
inline constexpr std::size_t values_shown = 3;

// A row for each column, and notes on what is an estimate and what is odd about the file.
void print_columns(const Session& session, const app::DataProfile& profile);

}  // namespace mlops::cli
