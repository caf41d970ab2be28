#include "finite_values.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::stats {

std::vector<double> sorted_numbers(std::span<const double> values, std::string_view data) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return !std::isnan(v); });
  if (sorted.empty()) throw Error{ErrorKind::usage, fmt::format("the {} data has no numbers to compare", data)};
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace mlops::stats
