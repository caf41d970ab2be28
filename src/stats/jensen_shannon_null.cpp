#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/divergence.hpp>

#include "binomial_draw.hpp"
#include "gamma_point.hpp"
#include "shares.hpp"

namespace mlops::stats {

namespace {

constexpr double js_null_level = 0.95;

// With fewer rows than this in some bin, the chi-square distribution is no fair approximation of the divergence.
constexpr double rows_of_a_full_bin = 20;

// Both samples as one, in the order of the bins that are in use.
std::vector<std::uint64_t> pooled_bins(BinCounts reference, BinCounts current) {
  std::vector<std::uint64_t> bins;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    // The mean of both and not their sum, which may overflow; half a row more or less is no matter here.
    const std::uint64_t mean = reference[i] / 2 + current[i] / 2 + ((reference[i] | current[i]) & 1);
    if (mean > 0) bins.push_back(mean);
  }
  return bins;
}

double sum_of(const std::vector<std::uint64_t>& bins) {
  double sum = 0;
  for (const std::uint64_t bin : bins) sum += static_cast<double>(bin);
  return sum;
}

void draw_sample(Random& random, const std::vector<std::uint64_t>& bins, std::int64_t rows,
                 std::vector<std::uint64_t>& drawn) {
  double left = sum_of(bins);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const auto bin = static_cast<double>(bins[i]);
    const bool is_last = i + 1 == bins.size();
    const std::int64_t count = is_last ? rows : draw_binomial(random, rows, std::min(1.0, bin / left));
    drawn[i] = static_cast<std::uint64_t>(count);
    rows -= count;
    left -= bin;
  }
}

// The divergence of pairs of samples that were drawn from one distribution.
double drawn_point(const std::vector<std::uint64_t>& bins, std::int64_t reference_rows, std::int64_t current_rows) {
  // Fewer pairs suffice where many bins are summed up, and are all that there is time for.
  constexpr std::size_t most_draws = 2'000'000;
  const std::size_t pairs = std::clamp<std::size_t>(most_draws / (2 * bins.size()), 10, 500);
  Random random{0};
  std::vector<std::uint64_t> before(bins.size());
  std::vector<std::uint64_t> after(bins.size());
  double sum = 0;
  double squares = 0;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    draw_sample(random, bins, reference_rows, before);
    draw_sample(random, bins, current_rows, after);
    const double divergence = jensen_shannon_divergence(before, after);
    sum += divergence;
    squares += divergence * divergence;
  }
  const auto count = static_cast<double>(pairs);
  const double mean = sum / count;
  return gamma_point(mean, std::max(0.0, (squares / count - mean * mean) * count / (count - 1)), js_null_level);
}

}  // namespace

double jensen_shannon_null_bound(BinCounts reference, BinCounts current) {
  const SharedTotals totals = totals_of(reference, current);
  const std::vector<std::uint64_t> bins = pooled_bins(reference, current);
  if (bins.size() < 2) return 0;
  const double smaller = std::min(totals.reference, totals.current);
  const double least = static_cast<double>(*std::min_element(bins.begin(), bins.end())) / sum_of(bins);
  const auto n = static_cast<std::uint64_t>(totals.reference);
  const auto m = static_cast<std::uint64_t>(totals.current);
  const double expected = least * smaller;
  if (expected >= rows_of_a_full_bin) return std::sqrt(psi_null_bound(bins.size(), n, m) / 8);
  // Beyond that many rows the smaller sample's noise is all there is.
  constexpr double most_rows = 1e15;
  const double divergence = drawn_point(bins, static_cast<std::int64_t>(std::min(totals.reference, most_rows)),
                                        static_cast<std::int64_t>(std::min(totals.current, most_rows)));
  return std::sqrt(std::min(divergence, std::numbers::ln2));
}

}  // namespace mlops::stats
