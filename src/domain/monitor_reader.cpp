// How production is watched, from a policy file: [model.NAME.monitor].
#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

void read_stage(const TableReader& reader, const Policy& policy, MonitorRules& rules) {
  const auto stage = reader.string("stage");
  if (!stage) return;
  if (policy.has_stage(*stage)) {
    rules.stage = *stage;
    return;
  }
  const auto near = near_miss(*stage, policy.stages);
  reader.mistake(reader.line_of("stage"), fmt::format("unknown stage `{}`{}", shown(*stage),
                                                      near ? fmt::format(", did you mean `{}`?", *near)
                                                           : fmt::format(" (stages: {})", join(policy.stages, ", "))));
}

// Batches have no other version's predictions to compare with, and no columns to cut them by.
std::optional<std::string> why_not_watched(const Compound<PredictionCondition>& condition) {
  for (const PredictionCondition& part : condition.parts) {
    if (part.stage) return "a batch is compared with a number, not with another version";
    if (!part.by.empty()) return "a batch keeps no columns to cut it `by`";
    const PredictionMetric* const metric = find_prediction_metric(part.metric);
    const bool is_watched =
        metric != nullptr && (metric->needs == MetricNeeds::labels || metric->needs == MetricNeeds::scores ||
                              metric->needs == MetricNeeds::numbers);
    if (!is_watched) return fmt::format("`{}` needs more than a prediction, its score and the truth", part.metric);
  }
  return std::nullopt;
}

void read_metrics(const TableReader& reader, const Policy& policy, MonitorRules& rules) {
  const auto items = reader.strings("metrics");
  if (!items) return;
  rules.metrics.emplace();
  for (const auto& [text, line] : *items) {
    try {
      auto condition = parse_prediction_condition(text, [&](std::string_view word) { return policy.has_stage(word); });
      if (const auto why = why_not_watched(condition)) {
        reader.mistake(line, fmt::format("`{}`: {}", shown(text), *why));
      } else {
        rules.metrics->push_back(std::move(condition));
      }
    } catch (const Error& error) {
      reader.mistake(line, error);
    }
  }
}

}  // namespace

MonitorRules read_monitor_rules(const TableReader& reader, const Policy& policy) {
  reader.refuse_unknown({"stage", "reference", "every", "metrics", "ignore"});
  MonitorRules rules;
  read_stage(reader, policy, rules);
  rules.reference = reader.string("reference");
  if (rules.reference && rules.reference->empty()) {
    reader.mistake(reader.line_of("reference"), "`reference` is the role of a dataset, and can't be empty");
  }
  rules.every_ms = reader.time_span("every", 1);
  read_metrics(reader, policy, rules);
  for (const auto& [name, line] : reader.strings("ignore").value_or(std::vector<TableReader::Item>{})) {
    rules.ignore.push_back(name);
  }
  return rules;
}

}  // namespace mlops::domain
