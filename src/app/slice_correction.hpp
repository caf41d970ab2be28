// The correction of a condition's slices for their number.
#pragma once

#include <mlops/checks/checks.hpp>
#include <mlops/domain/predictions.hpp>

namespace mlops::app {

// From the two-sided p of what is asked to the one-sided p of less; `distance` is above 0 for what is better than
// asked.
double p_of_falling_short(double distance, double two_sided);

// From the two-sided p of what is asked to the one-sided p of a slice that is worse.
double p_of_being_worse(const domain::PredictionCondition& condition, const checks::MeasuredSlice& slice,
                        double two_sided);

// Fills in the corrected p of each slice, where there are several: one false alarm among all of them is as unlikely as
// `level`, whichever of them are good, and however they hang together.
void correct_for_slices(checks::Measurement& measured, double level);

}  // namespace mlops::app
