// A figure with what is known of its uncertainty.
#pragma once

#include <cstdint>

namespace mlops::stats {

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// A figure of a sample and the confidence interval of what it estimates. Ends that aren't known are infinite.
struct Estimate {
  double value = 0;
  Interval interval;
  std::int64_t count = 0;  // rows that it was made from
  friend bool operator==(const Estimate&, const Estimate&) = default;
};

}  // namespace mlops::stats
