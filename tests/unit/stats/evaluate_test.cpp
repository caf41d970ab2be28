#include <mlops/stats/evaluate.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "unit/stats/metrics_oracle.hpp"

using namespace mlops;
using namespace mlops::stats;

namespace {

void check_evaluated(const Json& example, const PredictionColumns& columns, std::string_view metric,
                     std::string_view expected, const MetricOptions& options = {}) {
  INFO(example.at("name").as_string() << ": " << metric);
  CHECK(is_close(evaluate(metric_named(metric).metric, columns, options), example.at("expected").at(expected)));
}

}  // namespace

TEST_CASE("metrics of labels are evaluated by name, of the positive class or averaged") {
  for (const Json& example : metrics_oracle("labels").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto predicted = labels_of(example.at("predicted"));
    const auto weights = numbers_of(example.at("weights"));
    const auto classes = static_cast<std::uint32_t>(example.at("classes").as_integer());
    PredictionColumns columns{.classes = classes, .truth = truth, .predicted = predicted, .weights = weights};
    for (const std::string name : {"accuracy", "balanced_accuracy", "mcc", "kappa", "positive_rate"}) {
      check_evaluated(example, columns, name, name);
    }
    for (const std::string name : {"precision", "recall", "f1", "specificity"}) {
      if (example.at("expected").find(name + "/1") != nullptr) check_evaluated(example, columns, name, name + "/1");
    }
    columns.task = Task::multi_class;
    for (const std::string name : {"precision", "recall", "f1", "specificity"}) {
      check_evaluated(example, columns, name, name + "/macro");
      check_evaluated(example, columns, name, name + "/weighted", {.average = Average::weighted});
    }
  }
}

TEST_CASE("metrics of scores are evaluated by name") {
  for (const Json& example : metrics_oracle("scores").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const PredictionColumns columns{.truth = truth, .scores = scores, .weights = weights};
    for (const std::string name : {"log_loss", "brier", "roc_auc", "average_precision"}) {
      check_evaluated(example, columns, name, name);
    }
    check_evaluated(example, columns, "ece", "ece/equal_count");
    check_evaluated(example, columns, "ece", "ece/equal_width", {.binning = Binning::equal_width});
  }
  for (const Json& example : metrics_oracle("class_scores").as_array()) {
    const auto truth = labels_of(example.at("truth"));
    const auto scores = numbers_of(example.at("scores"));
    const auto weights = numbers_of(example.at("weights"));
    const PredictionColumns columns{
        .task = Task::multi_class, .classes = 10, .truth = truth, .scores = scores, .weights = weights};
    for (const std::string name : {"log_loss", "brier"}) check_evaluated(example, columns, name, name);
    check_evaluated(example, columns, "roc_auc", "roc_auc/ovr/macro");
    check_evaluated(example, columns, "roc_auc", "roc_auc/ovo/macro", {.auc = MultiClass::one_vs_one});
    check_evaluated(example, columns, "average_precision", "average_precision/macro");
    check_evaluated(example, columns, "top_k_accuracy", "top_3_accuracy", {.top_k = 3});
    check_evaluated(example, columns, "ece", "ece/equal_count");
  }
}

TEST_CASE("metrics of numbers, rankings and latencies are evaluated by name") {
  for (const Json& example : metrics_oracle("numbers").as_array()) {
    const auto truth = numbers_of(example.at("truth"));
    const auto predicted = numbers_of(example.at("predicted"));
    const auto weights = numbers_of(example.at("weights"));
    const PredictionColumns columns{
        .task = Task::regression, .true_numbers = truth, .predicted_numbers = predicted, .weights = weights};
    for (const std::string name :
         {"mae", "mse", "rmse", "mape", "r2", "explained_variance", "median_absolute_error", "max_error"}) {
      check_evaluated(example, columns, name, name);
    }
    check_evaluated(example, columns, "pinball", "pinball/0.9", {.quantile = 0.9});
  }
  for (const Json& example : metrics_oracle("rankings").as_array()) {
    const auto relevance = numbers_of(example.at("relevance"));
    const auto scores = numbers_of(example.at("scores"));
    const auto groups = labels_of<std::uint64_t>(example.at("groups"));
    const PredictionColumns columns{
        .task = Task::ranking, .scores = scores, .true_numbers = relevance, .groups = groups};
    check_evaluated(example, columns, "ndcg", "ndcg/exponential/3", {.k = 3, .gain = Gain::exponential});
    check_evaluated(example, columns, "map", "map/3", {.k = 3});
    check_evaluated(example, columns, "mrr", "mrr/100");
  }
  for (const Json& example : metrics_oracle("quantiles").as_array()) {
    const auto latencies = numbers_of(example.at("values"));
    const PredictionColumns columns{.task = Task::latency, .latencies = latencies};
    for (const std::string name : {"p50", "p90", "p95", "p99", "mean"}) {
      check_evaluated(example, columns, "latency_" + name, name);
    }
    CHECK(evaluate(Metric::count, columns).value == static_cast<double>(latencies.size()));
  }
}

TEST_CASE("a metric of another task or without its column is refused") {
  const std::vector<std::uint32_t> labels = {0, 1};
  const std::vector<double> latencies = {3, 4};
  const PredictionColumns columns{.truth = labels, .predicted = labels, .latencies = latencies};
  CHECK_THROWS_WITH(evaluate(Metric::rmse, columns), "`rmse` is no metric of a binary task");
  CHECK_THROWS_WITH(evaluate(Metric::top_k_accuracy, columns), "`top_k_accuracy` is no metric of a binary task");
  CHECK_THROWS_WITH(evaluate(Metric::roc_auc, columns), "`roc_auc` needs scores, which the predictions don't have");
  CHECK(evaluate(Metric::latency_p50, columns).value == 3.5);  // whatever the task

  const ConfusionMatrix matrix{2, {1, 0, 0, 1}};
  CHECK(evaluate(Metric::f1, matrix, Task::binary, 1).value == 1);
  CHECK_THROWS_WITH(evaluate(Metric::roc_auc, matrix, Task::binary, 1), "`roc_auc` is not computed from labels");
}

TEST_CASE("no rows are no mistake") {
  for (const MetricInfo& info : metric_catalogue()) {
    for (const Task task : {Task::binary, Task::multi_class, Task::regression, Task::ranking, Task::latency}) {
      if (!info.fits(task)) continue;
      INFO(info.name);
      const MetricValue found = evaluate(info.metric, PredictionColumns{.task = task});
      CHECK(found.is_defined == (info.metric == Metric::count));
    }
  }
}
