#include "slice_correction.hpp"

#include <cmath>
#include <vector>

#include <mlops/stats/multiplicity.hpp>

namespace mlops::app {

double p_of_falling_short(double distance, double two_sided) {
  if (!std::isfinite(distance) || !std::isfinite(two_sided)) return 1;
  return distance < 0 ? two_sided / 2 : 1 - two_sided / 2;
}

double p_of_being_worse(const domain::PredictionCondition& condition, const checks::MeasuredSlice& slice,
                        double two_sided) {
  const double figure = slice.other ? slice.value - *slice.other : slice.value;
  const double distance = asks_for_more(condition.comparison) ? figure - condition.value : condition.value - figure;
  return p_of_falling_short(distance, two_sided);
}

void correct_for_slices(checks::Measurement& measured, double level) {
  measured.level = level;
  if (measured.slices.size() < 2) return;
  std::vector<double> p_values;
  for (const checks::MeasuredSlice& slice : measured.slices) p_values.push_back(slice.p.value_or(1));
  const std::vector<double> adjusted = stats::holm(p_values);
  for (std::size_t i = 0; i < adjusted.size(); ++i) measured.slices[i].adjusted_p = adjusted[i];
  measured.correction = "Holm";
}

}  // namespace mlops::app
