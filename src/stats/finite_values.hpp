// Columns without what is no number.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace mlops::stats {

// Ascending, without NaN. Throws Error{usage} that names the data when nothing is left.
std::vector<double> sorted_numbers(std::span<const double> values, std::string_view data);

}  // namespace mlops::stats
