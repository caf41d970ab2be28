#include "monitor_inputs.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "counts_drift.hpp"

namespace mlops::app {

namespace {

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Beyond what sampling alone explains; of a p-value, once it was lowered for many columns.
bool is_beyond_chance(const stats::DriftFigure& figure, const stats::DriftRules& rules) {
  if (figure.p) return figure.adjusted_p.value_or(*figure.p) <= rules.significance;
  return figure.value > figure.null_bound;
}

void add_drift(const DriftOutcome& outcome, domain::BatchFigures& figures) {
  const stats::DriftRules rules;
  const std::size_t gone = outcome.only_in_reference.size();
  const std::size_t features = outcome.drift.columns.size() + gone;
  figures["drift.share"] =
      features == 0 ? 0 : static_cast<double>(outcome.drift.drifted + gone) / static_cast<double>(features);
  for (const stats::ColumnDrift& column : outcome.drift.columns) {
    for (const stats::DriftFigure& figure : column.figures) {
      if (!std::isfinite(figure.value)) continue;
      figures[fmt::format("drift.{}.{}", column.column, name_of(figure.statistic))] = figure.value;
      double& largest = figures[fmt::format("drift.{}", name_of(figure.statistic))];
      if (is_beyond_chance(figure, rules)) largest = std::max(largest, figure.value);
    }
  }
}

}  // namespace

FeatureRules feature_rules(const domain::Policy& policy, const std::string& model) {
  FeatureRules features;
  const auto found = policy.models.find(model);
  if (found != policy.models.end()) features.ignored = found->second.monitor.ignore;
  const domain::PredictionRecipe recipe = found != policy.models.end() && found->second.predictions
                                              ? *found->second.predictions
                                              : domain::PredictionRecipe{};
  features.ignored.push_back(recipe.id);
  features.apart = {recipe.truth, recipe.prediction, recipe.score};
  return features;
}

DriftOutcome drift_of_inputs(const FrozenReference& reference, const BatchCounts& counts,
                             const FeatureRules& features) {
  std::vector<std::string> wanted;
  for (const FrozenColumn& column : reference.columns) {
    if (!is_among(features.ignored, column.name)) wanted.push_back(column.name);
  }
  DriftOutcome outcome = compare_counts(reference, counted_table(reference, counts), wanted, {});
  const auto is_apart = [&](const std::string& name) {
    return is_among(features.apart, name) || is_among(features.ignored, name);
  };
  std::erase_if(outcome.only_in_reference, is_apart);
  outcome.only_in_current.clear();
  std::ranges::remove_copy_if(counts.others, std::back_inserter(outcome.only_in_current), is_apart);
  return outcome;
}

domain::BatchFigures input_figures(const FrozenReference& reference, const BatchCounts& counts,
                                   const FeatureRules& features, const DriftOutcome& drift) {
  domain::BatchFigures figures;
  add_drift(drift, figures);
  std::uint64_t missing = 0;
  std::uint64_t cells = 0;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string& name = reference.columns[i].name;
    const ColumnCounts& column = counts.columns[i];
    if (!column.is_there || counts.rows == 0 || is_among(features.ignored, name)) continue;
    figures["missing." + name] = static_cast<double>(column.missing) / static_cast<double>(counts.rows);
    missing += column.missing;
    cells += counts.rows;
  }
  figures["missing.share"] = cells == 0 ? 0 : static_cast<double>(missing) / static_cast<double>(cells);
  return figures;
}

}  // namespace mlops::app
