#include <mlops/stats/evaluate.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/stats/probabilities.hpp>
#include <mlops/stats/quantiles.hpp>
#include <mlops/stats/regression.hpp>
#include <mlops/support/error.hpp>

#include "prediction_checks.hpp"

namespace mlops::stats {
namespace {

bool is_of_classes(Task task) { return task == Task::binary || task == Task::multi_class; }

std::size_t rows_of(const PredictionColumns& columns) {
  return std::max({columns.truth.size(), columns.true_numbers.size(), columns.latencies.size()});
}

bool has_needed(Need need, const PredictionColumns& columns) {
  switch (need) {
    case Need::rows:
      return true;
    case Need::labels:
      return !columns.predicted.empty();
    case Need::scores:
      return !columns.scores.empty();
    case Need::numbers:
      return !columns.predicted_numbers.empty();
    case Need::groups:
      return !columns.scores.empty() && !columns.groups.empty();
    case Need::latency:
      return !columns.latencies.empty();
  }
  return false;
}

void check_metric(const MetricInfo& info, const PredictionColumns& columns) {
  if (info.needs != Need::latency && !info.fits(columns.task)) {
    throw Error{ErrorKind::usage, fmt::format("`{}` is no metric of a {} task", info.name, name_of(columns.task))};
  }
  if (has_needed(info.needs, columns) || rows_of(columns) == 0) return;
  throw Error{ErrorKind::usage, fmt::format("`{}` needs {}, which the predictions don't have", info.name,
                                            info.needs == Need::groups ? "scores and groups" : name_of(info.needs))};
}

[[noreturn]] void refuse_metric(Metric metric, std::string_view source) {
  throw Error{ErrorKind::usage, fmt::format("`{}` is not computed from {}", info_of(metric).name, source)};
}

// What the scores of two classes and of more have in common; the areas are averaged over classes in ways of their own.
template <typename Scores>
MetricValue of_probabilities(Metric metric, const Scores& rows, const MetricOptions& options) {
  switch (metric) {
    case Metric::log_loss:
      return log_loss(rows);
    case Metric::brier:
      return brier(rows);
    case Metric::ece:
      return calibration_error(reliability_bins(rows, options.binning, options.bins));
    default:
      refuse_metric(metric, "scores");
  }
}

MetricValue of_binary_scores(Metric metric, const BinaryScores& rows, const MetricOptions& options) {
  if (metric == Metric::roc_auc) return roc_auc(rows);
  if (metric == Metric::average_precision) return average_precision(rows);
  return of_probabilities(metric, rows, options);
}

MetricValue of_class_scores(Metric metric, const ClassScores& rows, const MetricOptions& options) {
  if (metric == Metric::roc_auc) return roc_auc(rows, options.auc, options.average);
  if (metric == Metric::average_precision) return average_precision(rows, options.average);
  if (metric == Metric::top_k_accuracy) return top_k_accuracy(rows, options.top_k);
  return of_probabilities(metric, rows, options);
}

MetricValue of_numbers(Metric metric, const NumberPairs& rows, const MetricOptions& options) {
  switch (metric) {
    case Metric::mae:
      return mean_absolute_error(rows);
    case Metric::mse:
      return mean_squared_error(rows);
    case Metric::rmse:
      return root_mean_squared_error(rows);
    case Metric::mape:
      return mean_absolute_percentage_error(rows);
    case Metric::r2:
      return r_squared(rows);
    case Metric::explained_variance:
      return explained_variance(rows);
    case Metric::median_absolute_error:
      return median_absolute_error(rows);
    case Metric::max_error:
      return max_error(rows);
    case Metric::pinball:
      return pinball_loss(rows, options.quantile);
    default:
      refuse_metric(metric, "numbers");
  }
}

MetricValue of_ranking(Metric metric, const RankedItems& rows, const MetricOptions& options) {
  switch (metric) {
    case Metric::ndcg:
      return ndcg(rows, options.k, options.gain);
    case Metric::map:
      return mean_average_precision(rows, options.k);
    case Metric::mrr:
      return mean_reciprocal_rank(rows, options.k);
    default:
      refuse_metric(metric, "rankings");
  }
}

MetricValue of_latencies(Metric metric, const LatencySummary& summary) {
  switch (metric) {
    case Metric::latency_p50:
      return measured(summary.p50);
    case Metric::latency_p90:
      return measured(summary.p90);
    case Metric::latency_p95:
      return measured(summary.p95);
    case Metric::latency_p99:
      return measured(summary.p99);
    case Metric::latency_mean:
      return measured(summary.mean);
    default:
      refuse_metric(metric, "latencies");
  }
}

MetricValue of_scores(Metric metric, const PredictionColumns& columns, const MetricOptions& options) {
  if (columns.task == Task::binary) {
    const BinaryScores rows{
        .truth = columns.truth, .scores = columns.scores, .positive = columns.positive, .weights = columns.weights};
    return of_binary_scores(metric, rows, options);
  }
  const ClassScores rows{
      .truth = columns.truth, .scores = columns.scores, .classes = columns.classes, .weights = columns.weights};
  return of_class_scores(metric, rows, options);
}

MetricValue one_or_average(auto score, const ConfusionMatrix& matrix, Task task, std::uint32_t positive,
                           Average average) {
  return task == Task::binary ? score(matrix, positive) : score(matrix, average);
}

}  // namespace

MetricValue evaluate(Metric metric, const PredictionColumns& columns, const MetricOptions& options) {
  const MetricInfo& info = info_of(metric);
  check_metric(info, columns);
  switch (info.needs) {
    case Need::rows:
      return {.value = static_cast<double>(rows_of(columns))};
    case Need::labels: {
      const ConfusionMatrix matrix{{.truth = columns.truth,
                                    .predicted = columns.predicted,
                                    .classes = columns.classes,
                                    .weights = columns.weights}};
      return evaluate(metric, matrix, columns.task, columns.positive, options.average);
    }
    case Need::scores:
      return of_scores(metric, columns, options);
    case Need::numbers:
      return of_numbers(
          metric, {.truth = columns.true_numbers, .predicted = columns.predicted_numbers, .weights = columns.weights},
          options);
    case Need::groups:
      return of_ranking(metric, {.relevance = columns.true_numbers, .scores = columns.scores, .groups = columns.groups},
                        options);
    case Need::latency:
      return of_latencies(metric, latency_summary(columns.latencies));
  }
  return undefined_metric();
}

MetricValue evaluate(Metric metric, const ConfusionMatrix& matrix, Task task, std::uint32_t positive, Average average) {
  if (!is_of_classes(task)) refuse_metric(metric, "labels");
  const auto of = [&](auto score) { return one_or_average(score, matrix, task, positive, average); };
  switch (metric) {
    case Metric::accuracy:
      return accuracy(matrix);
    case Metric::balanced_accuracy:
      return balanced_accuracy(matrix);
    case Metric::precision:
      return of([](const auto& m, auto which) { return precision(m, which); });
    case Metric::recall:
      return of([](const auto& m, auto which) { return recall(m, which); });
    case Metric::f1:
      return of([](const auto& m, auto which) { return f_beta(m, which); });
    case Metric::specificity:
      return of([](const auto& m, auto which) { return specificity(m, which); });
    case Metric::mcc:
      return matthews_correlation(matrix);
    case Metric::kappa:
      return cohen_kappa(matrix);
    case Metric::positive_rate:
      return positive_rate(matrix, positive);
    default:
      refuse_metric(metric, "labels");
  }
}

}  // namespace mlops::stats
