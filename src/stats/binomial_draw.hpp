// Random counts with exactly the distribution they should have, in a time that hardly depends on their size.
#pragma once

#include <cstdint>

#include <mlops/stats/random.hpp>

namespace mlops::stats {

// Successes in `trials` trials of chance p, in [0, 1].
std::int64_t draw_binomial(Random& random, std::int64_t trials, double p);

}  // namespace mlops::stats
