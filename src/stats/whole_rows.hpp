// A computed number of rows as a count.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace mlops::stats {

// Rounded up, at least 1; none for what is no number of rows (NaN) or more than anybody has.
inline std::optional<std::int64_t> whole_rows(double rows) {
  constexpr double most = 1e15;
  if (!(rows <= most)) return std::nullopt;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(rows)));
}

}  // namespace mlops::stats
