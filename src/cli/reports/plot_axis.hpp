// The axis under a plot: from where to where, and where it is labelled.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace mlops::cli {

struct Axis {
  double low = 0;
  double high = 1;
  // Where the value stands, from 0 at `low` to 1 at `high`; values beyond stand at the ends.
  [[nodiscard]] double place(double value) const;
};

// With some room on both sides. nullopt without values, or when they are further apart than a number can tell.
std::optional<Axis> axis_around(std::span<const double> values);

// Two to six round numbers on it.
std::vector<double> ticks_on(const Axis& axis);

}  // namespace mlops::cli
