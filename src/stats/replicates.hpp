// What all bootstraps share: drawing on several threads, and from replicates to an interval.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <mlops/stats/bootstrap.hpp>
#include <mlops/stats/random.hpp>

namespace mlops::stats {

// Draws one sample and answers its statistic; made once for each thread, and so may keep buffers.
using Replicate = std::function<double(Random& random)>;

// Replicates in a fixed order: blocks of them have random numbers of their own, whichever thread draws them. The first
// exception of a statistic ends the rest and is thrown here.
std::vector<double> draw_replicates(const BootstrapOptions& options, const std::function<Replicate()>& make);

// The statistic without some of the sample, and how many times it was like that.
struct LeftOut {
  double value = 0;
  double times = 1;
};

// BCa's acceleration: how fast the statistic's spread changes with it. None if a value is not finite.
std::optional<double> acceleration_of(const std::vector<LeftOut>& jackknife);

// `acceleration` is called for BCa alone.
Bootstrap bootstrap_of(double statistic, std::int64_t count, std::vector<double> replicates,
                       const std::function<std::optional<double>()>& acceleration, const BootstrapOptions& options);

// Throws Error{usage} for options outside of what they allow, and for an empty sample.
void demand_bootstrap(const BootstrapOptions& options, std::size_t sample);

}  // namespace mlops::stats
