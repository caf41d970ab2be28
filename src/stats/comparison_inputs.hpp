// What every comparison demands of its input, and how it says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mlops::stats {

// Each throws Error{usage} that names `what` and the value at fault.
void demand_confidence(double confidence);                // between 0 and 1, neither of them
void demand_chance(double value, std::string_view what);  // likewise: a chance of error, a power
void demand_share(double value, std::string_view what);   // from 0 to 1
void demand_finite(double value, std::string_view what);
void demand_finite(std::span<const double> values, std::string_view what);  // names the first row at fault, from 1
void demand_positive(double value, std::string_view what);                  // finite and above 0
void demand_count(std::int64_t count, std::string_view what);  // from 0 to 10^15, so that sums can't overflow
void demand_same_length(std::size_t a, std::size_t b, std::string_view what);

}  // namespace mlops::stats
