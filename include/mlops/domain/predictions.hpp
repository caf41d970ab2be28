// What a gate asks of a model's predictions on a holdout: how they are made, and the conditions that are judged with
// confidence intervals instead of bare figures. Reference: docs/gates.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/condition.hpp>

namespace mlops::domain {

// What a metric is computed from.
enum class MetricNeeds {
  labels,   // truth and prediction, as classes
  scores,   // truth as classes, and the score of the positive class
  numbers,  // truth and prediction, as numbers
  latency,  // seconds or whatever unit the column has
  ranking,  // truth as relevance, the score of each item, and the query that it was ranked for
  groups,   // compares the groups of a column, from labels
};

struct PredictionMetric {
  std::string_view name;
  MetricNeeds needs = MetricNeeds::labels;
  bool higher_is_better = true;
};

// Every metric that a condition may name.
std::span<const PredictionMetric> prediction_metrics();
// Also of a ranking's first ranks: "ndcg@10".
const PredictionMetric* find_prediction_metric(std::string_view name);
// 10 of "ndcg@10"; nullopt for all ranks, and for metrics that rank nothing.
std::optional<std::int64_t> ranks_of(std::string_view metric);

// "recall of yes by region >= production - 0.02"
struct PredictionCondition {
  std::string metric;
  std::optional<std::string> label;                   // the class that precision, recall and the like are about
  std::vector<std::string> by;                        // columns whose combinations of values are judged each for itself
  Comparison comparison = Comparison::greater_equal;  // never == or !=
  double value = 0;                                   // the threshold, or, with a stage, what is added to its figure
  std::optional<std::string> stage;  // whose holder's predictions on the same holdout it is compared with
  std::string text;                  // as written
  friend bool operator==(const PredictionCondition&, const PredictionCondition&) = default;
};

// Sentences joined by `and`, `or` and brackets. Throws Error{usage} that points at the part it can't read.
Compound<PredictionCondition> parse_prediction_condition(std::string_view text,
                                                         const std::function<bool(std::string_view)>& is_stage);

// "recall of yes by region": the left side alone, with comparison and value left as they are. Throws likewise.
PredictionCondition parse_prediction_metric(std::string_view text);

// How predictions are made, and how they are read. The command writes CSV with a header, or JSON Lines.
struct PredictionRecipe {
  std::vector<std::string> command;  // {files}: the version's files; {data}: the holdout; {predictions}: what to write
  std::string data;                  // the holdout, relative to the project
  std::int64_t timeout_seconds = 3600;
  std::string id = "id";  // columns of the predictions; `id` may be absent: rows are then the same in order
  std::string truth = "truth";
  std::string prediction = "prediction";
  std::string score = "score";
  std::string weight = "weight";
  std::string latency = "latency";
  std::string query = "query";          // what the items of a ranking were ranked for
  std::optional<std::string> positive;  // the positive class; the last one in order otherwise
  double confidence = 0.95;             // of every interval, two-sided
  std::int64_t min_slice = 30;          // rows below which a slice is told, not judged
  std::int64_t seed = 0;                // of the bootstrap
};

}  // namespace mlops::domain
