#include "monitor_health.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "monitor_holdout.hpp"

namespace mlops::app {

namespace {

// From so large a share of rows on it is more than a few odd ones.
constexpr double bad_share = 0.01;
// Missing cells are bad from so many more of 100 rows on.
constexpr double bad_missing = 0.05;

std::string percent_text(double share) { return fmt::format("{:.3g}%", 100 * share); }

double outside_share(const stats::Histogram& reference, const stats::Histogram& counts) {
  const auto& bins = std::get<stats::NumberBins>(counts.bins());
  if (counts.rows() == 0 || !reference.smallest() || bins.cuts().empty()) return 0;
  // The outermost bins begin and end at the reference's extremes.
  std::uint64_t outside = 0;
  for (std::size_t bin = 0; bin < bins.ranges(); ++bin) {
    const stats::NumberRange range = bins.range(bin);
    if (std::isinf(range.low) || std::isinf(range.high)) outside += counts.counts()[bin];
  }
  return static_cast<double>(outside) / static_cast<double>(counts.rows());
}

double unseen_share(const stats::Histogram& reference, const stats::Histogram& counts) {
  const std::size_t other = std::get<stats::TextBins>(counts.bins()).other_index();
  if (counts.rows() == 0 || reference.counts()[other] > 0) return 0;
  return static_cast<double>(counts.counts()[other]) / static_cast<double>(counts.rows());
}

double missing_share(const stats::Histogram& counts) {
  if (counts.rows() == 0) return 0;
  std::uint64_t missing = counts.missing();
  if (const auto* const bins = std::get_if<stats::NumberBins>(&counts.bins())) {
    missing += counts.counts()[bins->nan_index()];
  }
  return static_cast<double>(missing) / static_cast<double>(counts.rows());
}

class Findings {
 public:
  explicit Findings(const CheckedBatch& checked) : checked_{checked} {}

  std::vector<MonitorFinding> take() {
    if (checked_.drift) add_drift(*checked_.drift);
    for (const ColumnHealth& column : checked_.columns) add_column(column);
    add_predictions();
    for (const WatchedCondition& condition : checked_.conditions) add_condition(condition);
    return std::move(all_);
  }

 private:
  void add(std::string kind, bool is_bad, std::string column, std::string what) {
    all_.push_back({std::move(kind), is_bad, checked_.batch.id, std::move(column), std::move(what)});
  }

  void add_drift(const DriftOutcome& outcome) {
    const stats::DatasetDrift& drift = outcome.drift;
    if (drift.drift == stats::Drift::yes) {
      add("drift", true, "",
          fmt::format("{} of {} features drifted, and {:.0f}% make the data another", drift.drifted,
                      drift.columns.size(), 100 * drift.threshold));
    }
    for (const stats::ColumnDrift& column : drift.columns) {
      if (column.drift != stats::Drift::yes) continue;
      add("drift", false, column.column, fmt::format("`{}` drifted", printable(column.column)));
    }
    for (const std::string& name : outcome.only_in_reference) {
      add("column.gone", true, name, fmt::format("there is no column `{}`", printable(name)));
    }
    for (const std::string& name : outcome.only_in_current) {
      add("column.new", false, name, fmt::format("the column `{}` is new", printable(name)));
    }
  }

  void add_column(const ColumnHealth& column) {
    const std::string name = printable(column.name);
    if (column.missing - column.reference_missing > bad_missing) {
      add("missing", true, column.name,
          fmt::format("{} of `{}` are missing, and {} of the reference", percent_text(column.missing), name,
                      percent_text(column.reference_missing)));
    }
    if (column.unfit > 0) {
      add("unfit", column.unfit >= bad_share, column.name,
          fmt::format("{} of `{}` are no numbers", percent_text(column.unfit), name));
    }
    if (column.unseen > 0) {
      add("unseen", column.unseen >= bad_share, column.name,
          fmt::format("{} of `{}` are texts that the reference does not have, such as {}", percent_text(column.unseen),
                      name, quoted(column.examples)));
    }
    if (column.outside >= bad_share) {
      add("outside", false, column.name,
          fmt::format("{} of `{}` lie outside the reference's range{}", percent_text(column.outside), name,
                      column.outside < 1 ? "" : "; if it numbers the rows, `ignore` leaves it out"));
    }
  }

  static std::string quoted(const std::vector<std::string>& texts) {
    std::vector<std::string> all;
    for (const std::string& text : texts) all.push_back(fmt::format("`{}`", printable(text)));
    return join(all, ", ");
  }

  void add_predictions() {
    if (!checked_.prediction_drift || !checked_.prediction_drift->has_drifted()) return;
    add("predictions", true, "", fmt::format("predictions drifted from those of {}", checked_.predictions_against));
  }

  void add_condition(const WatchedCondition& condition) {
    if (condition.result != domain::CheckResult::failed) return;
    const bool is_estimate =
        std::ranges::any_of(condition.parts, [](const WatchedPart& part) { return part.source == "estimate"; });
    add("performance", true, "",
        fmt::format("`{}` does not hold{}", printable(condition.condition),
                    is_estimate ? ", by an estimate without outcomes" : ""));
  }

  const CheckedBatch& checked_;
  std::vector<MonitorFinding> all_;
};

bool can_be_watched(const domain::PredictionMetric* metric) {
  return metric != nullptr &&
         (metric->needs == domain::MetricNeeds::labels || metric->needs == domain::MetricNeeds::scores ||
          metric->needs == domain::MetricNeeds::numbers);
}

// A condition on a recorded figure, asked of predictions instead; nullopt for one that can't be.
std::optional<domain::Compound<domain::PredictionCondition>> as_prediction_condition(
    const domain::Compound<domain::Condition>& recorded) {
  domain::Compound<domain::PredictionCondition> condition;
  condition.text = recorded.text;
  condition.whole = recorded.whole;
  for (const domain::Condition& part : recorded.parts) {
    const bool is_open =
        part.comparison != domain::Comparison::equal && part.comparison != domain::Comparison::not_equal;
    if (part.reference || !is_open || !can_be_watched(domain::find_prediction_metric(part.metric))) return std::nullopt;
    domain::PredictionCondition asked;
    asked.metric = part.metric;
    asked.comparison = part.comparison;
    asked.value = part.value;
    asked.text = part.text;
    condition.parts.push_back(std::move(asked));
  }
  return condition;
}

}  // namespace

std::vector<ColumnHealth> column_health(const FrozenReference& reference, const BatchCounts& counts,
                                        const FeatureRules& features) {
  std::vector<ColumnHealth> all;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const FrozenColumn& frozen = reference.columns[i];
    const ColumnCounts& column = counts.columns[i];
    const bool is_ignored = std::ranges::find(features.ignored, frozen.name) != features.ignored.end();
    if (!column.is_there || counts.rows == 0 || is_ignored) continue;
    const auto rows = static_cast<double>(counts.rows);
    ColumnHealth health;
    health.name = frozen.name;
    health.missing = static_cast<double>(column.missing) / rows;
    health.reference_missing = missing_share(frozen.counts);
    health.unfit = static_cast<double>(column.unfit) / rows;
    if (std::holds_alternative<stats::NumberBins>(column.counts.bins())) {
      health.outside = outside_share(frozen.counts, column.counts);
    } else if (!frozen.names_rows) {
      health.unseen = unseen_share(frozen.counts, column.counts);
      if (health.unseen > 0) health.examples = column.unseen;
    }
    all.push_back(std::move(health));
  }
  return all;
}

std::vector<MonitorFinding> findings_of(const CheckedBatch& checked) { return Findings{checked}.take(); }

WatchedConditions watched_conditions(const domain::Policy& policy, const std::string& model) {
  const domain::MonitorRules rules = monitor_rules(policy, model);
  if (rules.metrics) return {.conditions = *rules.metrics, .stage = ""};
  WatchedConditions watched;
  watched.stage = rules.stage.value_or(policy.stages.back());
  const domain::Gate gate = policy.gate(model, watched.stage);
  for (const auto& recorded : gate.metrics) {
    if (auto condition = as_prediction_condition(recorded)) watched.conditions.push_back(*std::move(condition));
  }
  for (const auto& condition : gate.predictions) {
    const bool is_plain = std::ranges::all_of(condition.parts, [](const domain::PredictionCondition& part) {
      return !part.stage && part.by.empty() && can_be_watched(domain::find_prediction_metric(part.metric));
    });
    if (is_plain) watched.conditions.push_back(condition);
  }
  return watched;
}

}  // namespace mlops::app
