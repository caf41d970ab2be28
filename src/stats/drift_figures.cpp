#include "drift_figures.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "shares.hpp"

namespace mlops::stats {

namespace {

Interval exactly(double value) { return {.low = value, .high = value}; }

Drift drift_of(const DriftFigure& figure) {
  if (figure.bounds.high < figure.threshold) return Drift::no;
  if (figure.bounds.low >= figure.threshold && figure.bounds.low > figure.null_bound) return Drift::yes;
  return Drift::inconclusive;
}

// The chi-square distribution is a fair approximation where every expected count is 5 or more (Cochran, "Some Methods
// for Strengthening the Common Chi-Square Tests", 1954); rarer categories are taken together.
constexpr double smallest_expected = 5;

struct Table {
  std::vector<std::uint64_t> reference;
  std::vector<std::uint64_t> current;
};

Table without_rare(BinCounts reference, BinCounts current) {
  const SharedTotals totals = totals_of(reference, current);
  const double smaller = std::min(totals.reference, totals.current) / (totals.reference + totals.current);
  Table table;
  std::uint64_t rare_reference = 0;
  std::uint64_t rare_current = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double expected = (static_cast<double>(reference[i]) + static_cast<double>(current[i])) * smaller;
    if (expected >= smallest_expected) {
      table.reference.push_back(reference[i]);
      table.current.push_back(current[i]);
    } else {
      rare_reference += reference[i];
      rare_current += current[i];
    }
  }
  table.reference.push_back(rare_reference);
  table.current.push_back(rare_current);
  return table;
}

std::optional<DriftFigure> chi_square_figure(BinCounts reference, BinCounts current, const DriftRules& rules) {
  const Table table = without_rare(reference, current);
  const bool had_several = bins_in_use(reference, current) > 1;
  if (had_several && bins_in_use(table.reference, table.current) < 2) return std::nullopt;
  const ChiSquare test = chi_square_homogeneity(table.reference, table.current);
  return test_figure(DriftStatistic::chi_square, test.statistic, test.p, rules);
}

std::string why(const DriftFigure& figure) {
  if (figure.bounds.low >= figure.threshold) {
    return fmt::format("{} is {}, but without any change it reaches {} with this few rows", name_of(figure.statistic),
                       figure_text(figure.value), figure_text(figure.null_bound));
  }
  return fmt::format("{} lies between {} and {}, as far as bins tell", name_of(figure.statistic),
                     figure_text(figure.bounds.low), figure_text(figure.bounds.high));
}

}  // namespace

DriftFigure distance_figure(DriftStatistic statistic, const Interval& bounds, double threshold, double null_bound) {
  DriftFigure figure{.statistic = statistic,
                     .value = bounds.low < bounds.high ? bounds.low + (bounds.high - bounds.low) / 2 : bounds.low,
                     .bounds = bounds,
                     .threshold = threshold,
                     .null_bound = null_bound,
                     .p = {},
                     .adjusted_p = {}};
  figure.drift = drift_of(figure);
  return figure;
}

DriftFigure test_figure(DriftStatistic statistic, double value, double p, const DriftRules& rules) {
  return {.statistic = statistic,
          .value = value,
          .bounds = exactly(value),
          .threshold = rules.significance,
          .null_bound = 0,
          .p = p,
          .adjusted_p = {},
          .drift = p <= rules.significance ? Drift::yes : Drift::no};
}

std::optional<DriftFigure> count_figure(DriftStatistic statistic, BinCounts reference, BinCounts current,
                                        const DriftRules& rules) {
  const SharedTotals totals = totals_of(reference, current);
  const auto n = static_cast<std::uint64_t>(totals.reference);
  const auto m = static_cast<std::uint64_t>(totals.current);
  const std::size_t bins = bins_in_use(reference, current);
  switch (statistic) {
    case DriftStatistic::psi:
      return distance_figure(statistic, exactly(psi(reference, current, rules.psi_floor)), rules.psi,
                             psi_null_bound(bins, n, m));
    case DriftStatistic::jensen_shannon:
      return distance_figure(statistic, exactly(jensen_shannon_distance(reference, current)), rules.jensen_shannon,
                             jensen_shannon_null_bound(reference, current));
    case DriftStatistic::l_infinity:
      return distance_figure(statistic, exactly(l_infinity(reference, current)), rules.l_infinity,
                             l_infinity_null_bound(reference, current));
    case DriftStatistic::chi_square:
      return chi_square_figure(reference, current, rules);
    case DriftStatistic::wasserstein:
    case DriftStatistic::kolmogorov_smirnov:
      break;
  }
  return std::nullopt;
}

void judge(ColumnDrift& column) {
  const auto says = [&column](Drift drift) {
    return std::find_if(column.figures.begin(), column.figures.end(),
                        [drift](const DriftFigure& figure) { return figure.drift == drift; });
  };
  if (says(Drift::yes) != column.figures.end()) {
    column.drift = Drift::yes;
    column.reason.clear();
    return;
  }
  // A reason that is there already says what could not be asked.
  const auto unclear = says(Drift::inconclusive);
  if (column.reason.empty() && unclear != column.figures.end()) column.reason = why(*unclear);
  column.drift = column.reason.empty() ? Drift::no : Drift::inconclusive;
}

}  // namespace mlops::stats
