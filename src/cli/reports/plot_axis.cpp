#include "reports/plot_axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlops::cli {

double Axis::place(double value) const { return std::clamp((value - low) / (high - low), 0.0, 1.0); }

std::optional<Axis> axis_around(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  const auto [least, greatest] = std::ranges::minmax(values);
  double room = (greatest - least) * 0.08;
  if (!(room > 0)) room = std::abs(greatest) > 0 ? std::abs(greatest) * 0.1 : 1;
  const Axis axis{least - room, greatest + room};
  const double span = axis.high - axis.low;
  if (!std::isfinite(span) || !(span > 0)) return std::nullopt;
  return axis;
}

std::vector<double> ticks_on(const Axis& axis) {
  constexpr int most = 6;
  const double wished = (axis.high - axis.low) / 4;
  const double power = std::pow(10, std::floor(std::log10(wished)));
  double step = 10 * power;
  for (const double round : {1.0, 2.0, 5.0}) {
    if (round * power < wished) continue;
    step = round * power;
    break;
  }
  std::vector<double> ticks;
  if (!(step > 0) || !std::isfinite(step)) return ticks;
  const double first = std::ceil(axis.low / step);
  for (int i = 0; i < most; ++i) {
    const double tick = (first + i) * step;
    if (tick > axis.high) break;
    // Not -0, nor a remainder of rounding beside it.
    ticks.push_back(std::abs(tick) < step * 1e-6 ? 0 : tick);
  }
  return ticks;
}

}  // namespace mlops::cli
