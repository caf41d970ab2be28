#include "comparison_inputs.hpp"

#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::stats {
namespace {

constexpr std::int64_t largest_count = 1'000'000'000'000'000;

[[noreturn]] void refuse(std::string message) { throw Error{ErrorKind::usage, std::move(message)}; }

}  // namespace

void demand_confidence(double confidence) { demand_chance(confidence, "the confidence"); }

void demand_chance(double value, std::string_view what) {
  if (!(value > 0) || !(value < 1)) refuse(fmt::format("{} must lie between 0 and 1, not at {}", what, value));
}

void demand_share(double value, std::string_view what) {
  if (!(value >= 0) || !(value <= 1)) refuse(fmt::format("{} must be from 0 to 1, and is {}", what, value));
}

void demand_finite(double value, std::string_view what) {
  if (!std::isfinite(value)) refuse(fmt::format("{} is not a finite number: {}", what, value));
}

void demand_finite(std::span<const double> values, std::string_view what) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      refuse(fmt::format("{}: row {} is not a finite number: {}", what, i + 1, values[i]));
    }
  }
}

void demand_positive(double value, std::string_view what) {
  if (!std::isfinite(value) || !(value > 0)) refuse(fmt::format("{} must be above 0, and is {}", what, value));
}

void demand_count(std::int64_t count, std::string_view what) {
  if (count < 0 || count > largest_count) {
    refuse(fmt::format("{} must be a count from 0 to {}, and is {}", what, largest_count, count));
  }
}

void demand_same_length(std::size_t a, std::size_t b, std::string_view what) {
  if (a != b) refuse(fmt::format("{} must have one value a row each: {} and {} rows", what, a, b));
}

}  // namespace mlops::stats
