// What a margin or a gain asks of a difference, and what would settle a question that an interval leaves open.
//
// The difference is oriented: above 0 the challenger is better. An interval of 95 % judges a one-sided question at
// 2.5 %.
#pragma once

#include <cstdint>
#include <optional>

namespace mlops::stats {

// The oriented difference that must be exceeded: -margin if the challenger may be that much worse, or a required gain.
struct Requirement {
  double least = 0;
};
// Margin and gain from 0, finite; others: Error{usage}.
Requirement non_inferior_by(double margin);
Requirement better_by(double gain);

// What a test is planned with, before any result is seen. alpha is one-sided.
struct Plan {
  double alpha = 0.025;
  double power = 0.80;
};

// The smallest distance between the true difference and what is required that a test of such an estimate finds with
// the planned power: (z_alpha + z_power) · standard error.
double minimal_detectable_effect(double standard_error, const Plan& plan = {});

// Rows with which the planned power is reached if the true difference lies `distance` from what is required, given the
// standard error that `rows` rows had; it falls with their square root, also where rows come in clusters.
// None if the distance is 0 or the number is beyond 10^15.
std::optional<std::int64_t> rows_needed(double standard_error, std::int64_t rows, double distance,
                                        const Plan& plan = {});

// How many times more rows clusters need than independent rows would: 1 + (size - 1) · icc.
double design_effect(double mean_cluster_size, double intraclass_correlation);

}  // namespace mlops::stats
