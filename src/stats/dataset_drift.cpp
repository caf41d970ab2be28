#include <mlops/stats/column_drift.hpp>
#include <mlops/stats/multiplicity.hpp>

#include "drift_figures.hpp"

namespace mlops::stats {

namespace {

void adjust_columns(std::vector<ColumnDrift>& columns) {
  std::vector<DriftFigure*> tests;
  std::vector<double> p_values;
  for (ColumnDrift& column : columns) {
    for (DriftFigure& figure : column.figures) {
      if (!figure.p) continue;
      tests.push_back(&figure);
      p_values.push_back(*figure.p);
    }
  }
  const std::vector<double> adjusted = benjamini_hochberg(p_values);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    tests[i]->adjusted_p = adjusted[i];
    tests[i]->drift = adjusted[i] <= tests[i]->threshold ? Drift::yes : Drift::no;
  }
  for (ColumnDrift& column : columns) judge(column);
}

}  // namespace

std::string_view name_of(DriftStatistic statistic) {
  switch (statistic) {
    case DriftStatistic::wasserstein:
      return "wasserstein";
    case DriftStatistic::psi:
      return "psi";
    case DriftStatistic::jensen_shannon:
      return "jensen_shannon";
    case DriftStatistic::l_infinity:
      return "l_infinity";
    case DriftStatistic::kolmogorov_smirnov:
      return "kolmogorov_smirnov";
    case DriftStatistic::chi_square:
      return "chi_square";
  }
  return "";
}

std::string_view name_of(Drift drift) {
  switch (drift) {
    case Drift::no:
      return "no";
    case Drift::yes:
      return "yes";
    case Drift::inconclusive:
      return "inconclusive";
  }
  return "";
}

DatasetDrift dataset_drift(std::vector<ColumnDrift> columns, const DriftRules& rules) {
  DatasetDrift result{.columns = std::move(columns), .threshold = rules.share_of_columns};
  if (result.columns.empty()) return result;
  adjust_columns(result.columns);
  for (const ColumnDrift& column : result.columns) {
    result.drifted += column.drift == Drift::yes ? 1 : 0;
    result.inconclusive += column.drift == Drift::inconclusive ? 1 : 0;
  }
  const auto all = static_cast<double>(result.columns.size());
  result.share = static_cast<double>(result.drifted) / all;
  const double possible = static_cast<double>(result.drifted + result.inconclusive) / all;
  if (result.share >= rules.share_of_columns) {
    result.drift = Drift::yes;
  } else if (possible >= rules.share_of_columns) {
    result.drift = Drift::inconclusive;
  }
  return result;
}

}  // namespace mlops::stats
