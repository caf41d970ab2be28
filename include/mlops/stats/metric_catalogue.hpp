// Every metric that a policy can name, with what it is computed from and which way is better.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlops::stats {

enum class Metric : std::uint8_t {
  accuracy,
  balanced_accuracy,
  precision,
  recall,
  f1,
  specificity,
  mcc,
  kappa,
  log_loss,
  brier,
  roc_auc,
  average_precision,
  ece,
  top_k_accuracy,
  mae,
  mse,
  rmse,
  mape,
  r2,
  explained_variance,
  median_absolute_error,
  max_error,
  pinball,
  ndcg,
  map,
  mrr,
  latency_p50,
  latency_p90,
  latency_p95,
  latency_p99,
  latency_mean,
  count,
  positive_rate,
};

enum class Task : std::uint8_t {
  binary = 1,
  multi_class = 2,
  regression = 4,
  ranking = 8,
  latency = 16,
};

// The columns of a file of predictions that it reads, beside the truth.
enum class Need : std::uint8_t {
  rows,     // none
  labels,   // the predicted label
  scores,   // the probability or score of the positive class, or of every class
  numbers,  // the predicted number
  groups,   // scores, and the group (query, user) of each item
  latency,  // how long each prediction took; no truth
};

enum class Direction : std::uint8_t { higher, lower, neither };

struct MetricInfo {
  Metric metric{};
  std::string_view name;   // as it is written in a policy
  std::string_view alias;  // another way to write it; empty: none
  std::uint8_t tasks = 0;  // Task, added up
  Need needs = Need::rows;
  Direction better = Direction::higher;
  double least = 0;  // the range of its values, both ends included
  double most = std::numeric_limits<double>::infinity();
  std::string_view meaning;  // a phrase for people

  [[nodiscard]] bool fits(Task task) const { return (tasks & static_cast<std::uint8_t>(task)) != 0; }
};

// In the order of the enum.
[[nodiscard]] std::span<const MetricInfo> metric_catalogue();
[[nodiscard]] const MetricInfo& info_of(Metric metric);

// By its name or alias; nullptr when there is none.
[[nodiscard]] const MetricInfo* find_metric(std::string_view name);
// The name or alias that was probably meant.
[[nodiscard]] std::optional<std::string> near_metric(std::string_view name);
// The same, or throws Error{usage} with the near miss as a hint.
[[nodiscard]] const MetricInfo& metric_named(std::string_view name);

// "binary", "multi-class", "regression", "ranking", "latency"
[[nodiscard]] std::string_view name_of(Task task);
// "rows", "labels", "scores", "numbers", "groups", "latency"
[[nodiscard]] std::string_view name_of(Need need);

}  // namespace mlops::stats
