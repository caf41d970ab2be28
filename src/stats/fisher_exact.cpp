#include <algorithm>
#include <cmath>
#include <limits>

#include <mlops/stats/distributions.hpp>
#include <mlops/stats/proportion.hpp>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

// The tables with the margins of one table, by their upper left count.
struct SameMargins {
  std::int64_t row = 0;     // a + b
  std::int64_t column = 0;  // a + c
  std::int64_t total = 0;

  [[nodiscard]] std::int64_t least() const { return std::max<std::int64_t>(0, row + column - total); }
  [[nodiscard]] std::int64_t most() const { return std::min(row, column); }
  [[nodiscard]] double chance(std::int64_t a) const { return hypergeometric_pmf(a, row, column, total); }
  // The likeliest count; chances fall from it to both sides.
  [[nodiscard]] std::int64_t mode() const {
    const double position =
        (static_cast<double>(row) + 1) * (static_cast<double>(column) + 1) / (static_cast<double>(total) + 2);
    return std::clamp(static_cast<std::int64_t>(position), least(), most());
  }
  // chance(a + 1) / chance(a)
  [[nodiscard]] double ratio_up(std::int64_t a) const {
    return static_cast<double>(row - a) / static_cast<double>(a + 1) * static_cast<double>(column - a) /
           static_cast<double>(total - row - column + a + 1);
  }
};

// The sum of chances from `a` outwards, upwards or downwards, until nothing more is added: of millions of tables only
// those within some standard deviations are visited.
double sum_outwards(const SameMargins& tables, std::int64_t a, bool is_upwards) {
  if (a < tables.least() || a > tables.most()) return 0;
  double term = tables.chance(a);
  double sum = term;
  while (is_upwards ? a < tables.most() : a > tables.least()) {
    term *= is_upwards ? tables.ratio_up(a) : 1 / tables.ratio_up(a - 1);
    a += is_upwards ? 1 : -1;
    const double next = sum + term;
    if (!(next > sum) && term <= sum) break;
    sum = next;
  }
  return sum;
}

// P(a or more), P(a or less), each by the shorter of the two sums.
double upper_tail(const SameMargins& tables, std::int64_t a) {
  if (a > tables.mode()) return sum_outwards(tables, a, true);
  return 1 - sum_outwards(tables, a - 1, false);
}

double lower_tail(const SameMargins& tables, std::int64_t a) {
  if (a < tables.mode()) return sum_outwards(tables, a, false);
  return 1 - sum_outwards(tables, a + 1, true);
}

// Chances that are equal in truth differ by rounding.
constexpr double as_likely = 1 + 1e-7;

// The first count above the mode that is at most as likely as `limit`, or the last below it.
std::int64_t first_unlikely(const SameMargins& tables, double limit, bool is_above) {
  std::int64_t likely = tables.mode();
  std::int64_t unlikely = is_above ? tables.most() + 1 : tables.least() - 1;
  while (std::abs(unlikely - likely) > 1) {
    const std::int64_t middle = likely + (unlikely - likely) / 2;
    (tables.chance(middle) <= limit ? unlikely : likely) = middle;
  }
  return unlikely;
}

double two_sided(const SameMargins& tables, std::int64_t a) {
  const double limit = tables.chance(a) * as_likely;
  if (tables.chance(tables.mode()) <= limit) return 1;
  const double below = sum_outwards(tables, first_unlikely(tables, limit, false), false);
  return std::min(1.0, below + sum_outwards(tables, first_unlikely(tables, limit, true), true));
}

double odds_ratio(double a, double b, double c, double d) {
  if (!(b * c > 0))
    return a * d > 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return a / b * (d / c);
}

}  // namespace

FisherExact fisher_exact(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  for (const std::int64_t count : {a, b, c, d}) demand_count(count, "a count of the table");
  const SameMargins tables{.row = a + b, .column = a + c, .total = a + b + c + d};
  return {.odds_ratio = odds_ratio(static_cast<double>(a), static_cast<double>(b), static_cast<double>(c),
                                   static_cast<double>(d)),
          .p_value = two_sided(tables, a),
          .p_less = std::clamp(lower_tail(tables, a), 0.0, 1.0),
          .p_greater = std::clamp(upper_tail(tables, a), 0.0, 1.0)};
}

}  // namespace mlops::stats
