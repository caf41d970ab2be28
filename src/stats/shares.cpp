#include "shares.hpp"

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

double total_of(BinCounts counts, const char* name) {
  double total = 0;
  for (const std::uint64_t count : counts) total += static_cast<double>(count);
  if (!(total > 0)) throw Error{ErrorKind::usage, fmt::format("the {} data has no rows to compare", name)};
  return total;
}

}  // namespace

SharedTotals totals_of(BinCounts reference, BinCounts current) {
  if (reference.size() != current.size()) {
    throw Error{ErrorKind::usage,
                fmt::format("the reference has {} bins and the current data {}; only counts in the same bins compare",
                            reference.size(), current.size())};
  }
  return {.reference = total_of(reference, "reference"), .current = total_of(current, "current")};
}

}  // namespace mlops::stats
