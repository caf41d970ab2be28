// How many rows a comparison should have before it is made. By the normal distribution, alpha two-sided unless said.
// None where no number of rows is enough (no difference), or more than 10^15 are needed.
// Error{usage}: a rate outside [0, 1], a level or power outside (0, 1), a deviation not above 0.
#pragma once

#include <cstdint>
#include <optional>

namespace mlops::stats {

enum class Sides { one, two };

struct Level {
  double alpha = 0.05;
  double power = 0.80;
  Sides sides = Sides::two;
};

// Pairs for McNemar's test: rates of rows that only the first, and only the second, gets right.
// Source: Connor, "Sample Size for Testing Differences in Proportions for the Paired-Sample Design" (1987).
std::optional<std::int64_t> paired_proportions_size(double only_first, double only_second, const Level& level = {});

// Rows in each of two arms of the same size. Source: Fleiss, Levin, Paik, "Statistical Methods for Rates and
// Proportions" (2003), 4.14, without correction for continuity.
std::optional<std::int64_t> independent_proportions_size(double first, double second, const Level& level = {});

// Rows, or pairs, for a mean that differs by `effect` where values, or paired differences, have this deviation.
std::optional<std::int64_t> mean_size(double effect, double deviation, const Level& level = {});
// Rows in each of two arms.
std::optional<std::int64_t> two_means_size(double effect, double first_deviation, double second_deviation,
                                           const Level& level = {});

}  // namespace mlops::stats
