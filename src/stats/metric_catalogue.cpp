#include <mlops/stats/metric_catalogue.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::stats {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

constexpr std::uint8_t tasks_of(auto... tasks) {
  return static_cast<std::uint8_t>((0u | ... | static_cast<unsigned>(tasks)));
}

constexpr std::uint8_t for_two_classes = tasks_of(Task::binary);
constexpr std::uint8_t for_classes = tasks_of(Task::binary, Task::multi_class);
constexpr std::uint8_t for_many_classes = tasks_of(Task::multi_class);
constexpr std::uint8_t for_numbers = tasks_of(Task::regression);
constexpr std::uint8_t for_rankings = tasks_of(Task::ranking);
constexpr std::uint8_t for_latencies = tasks_of(Task::latency);
constexpr std::uint8_t for_all =
    tasks_of(Task::binary, Task::multi_class, Task::regression, Task::ranking, Task::latency);

constexpr auto make_catalogue() {
  using enum Direction;
  return std::to_array<MetricInfo>({
      {Metric::accuracy, "accuracy", "", for_classes, Need::labels, higher, 0, 1, "share of rows predicted right"},
      {Metric::balanced_accuracy, "balanced_accuracy", "", for_classes, Need::labels, higher, 0, 1,
       "mean recall of the classes"},
      {Metric::precision, "precision", "", for_classes, Need::labels, higher, 0, 1,
       "share of positive predictions that are right"},
      {Metric::recall, "recall", "sensitivity", for_classes, Need::labels, higher, 0, 1,
       "share of positive rows that are found"},
      {Metric::f1, "f1", "f1_score", for_classes, Need::labels, higher, 0, 1, "harmonic mean of precision and recall"},
      {Metric::specificity, "specificity", "", for_classes, Need::labels, higher, 0, 1,
       "share of negative rows predicted so"},
      {Metric::mcc, "mcc", "matthews_corrcoef", for_classes, Need::labels, higher, -1, 1,
       "correlation of truth and prediction (Matthews)"},
      {Metric::kappa, "kappa", "cohen_kappa", for_classes, Need::labels, higher, -1, 1,
       "agreement beyond chance (Cohen)"},
      {Metric::log_loss, "log_loss", "", for_classes, Need::scores, lower, 0, unbounded,
       "mean of -ln(probability of what was true)"},
      {Metric::brier, "brier", "brier_score", for_classes, Need::scores, lower, 0, 2,
       "mean squared distance of probability and truth"},
      {Metric::roc_auc, "roc_auc", "auc", for_classes, Need::scores, higher, 0, 1,
       "chance that a positive row is scored above a negative one"},
      {Metric::average_precision, "average_precision", "pr_auc", for_classes, Need::scores, higher, 0, 1,
       "precision averaged over recall"},
      {Metric::ece, "ece", "", for_classes, Need::scores, lower, 0, 1, "expected calibration error"},
      {Metric::top_k_accuracy, "top_k_accuracy", "", for_many_classes, Need::scores, higher, 0, 1,
       "share of rows whose true class is among the k of the highest score"},
      {Metric::mae, "mae", "mean_absolute_error", for_numbers, Need::numbers, lower, 0, unbounded,
       "mean absolute error"},
      {Metric::mse, "mse", "mean_squared_error", for_numbers, Need::numbers, lower, 0, unbounded, "mean squared error"},
      {Metric::rmse, "rmse", "root_mean_squared_error", for_numbers, Need::numbers, lower, 0, unbounded,
       "root of the mean squared error"},
      {Metric::mape, "mape", "mean_absolute_percentage_error", for_numbers, Need::numbers, lower, 0, unbounded,
       "mean absolute error as a share of the truth"},
      {Metric::r2, "r2", "r2_score", for_numbers, Need::numbers, higher, -unbounded, 1,
       "share of the variance that is explained"},
      {Metric::explained_variance, "explained_variance", "", for_numbers, Need::numbers, higher, -unbounded, 1,
       "share of the variance that is explained, whatever the offset"},
      {Metric::median_absolute_error, "median_absolute_error", "medae", for_numbers, Need::numbers, lower, 0, unbounded,
       "median of the absolute errors"},
      {Metric::max_error, "max_error", "", for_numbers, Need::numbers, lower, 0, unbounded, "largest absolute error"},
      {Metric::pinball, "pinball", "pinball_loss", for_numbers, Need::numbers, lower, 0, unbounded,
       "loss of a predicted quantile"},
      {Metric::ndcg, "ndcg", "", for_rankings, Need::groups, higher, 0, 1,
       "discounted gain as a share of the best order's"},
      {Metric::map, "map", "", for_rankings, Need::groups, higher, 0, 1, "mean average precision of the groups"},
      {Metric::mrr, "mrr", "", for_rankings, Need::groups, higher, 0, 1, "mean of 1 / rank of the first relevant item"},
      {Metric::latency_p50, "latency_p50", "", for_latencies, Need::latency, lower, 0, unbounded, "median latency"},
      {Metric::latency_p90, "latency_p90", "", for_latencies, Need::latency, lower, 0, unbounded,
       "latency that 90 % don't exceed"},
      {Metric::latency_p95, "latency_p95", "", for_latencies, Need::latency, lower, 0, unbounded,
       "latency that 95 % don't exceed"},
      {Metric::latency_p99, "latency_p99", "", for_latencies, Need::latency, lower, 0, unbounded,
       "latency that 99 % don't exceed"},
      {Metric::latency_mean, "latency_mean", "", for_latencies, Need::latency, lower, 0, unbounded, "mean latency"},
      {Metric::count, "count", "", for_all, Need::rows, neither, 0, unbounded, "number of rows"},
      {Metric::positive_rate, "positive_rate", "selection_rate", for_two_classes, Need::labels, neither, 0, 1,
       "share of rows predicted positive"},
  });
}

constexpr auto catalogue = make_catalogue();

constexpr bool is_in_order() {
  for (std::size_t at = 0; at < catalogue.size(); ++at) {
    if (static_cast<std::size_t>(catalogue[at].metric) != at) return false;
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

std::span<const MetricInfo> metric_catalogue() { return catalogue; }

const MetricInfo& info_of(Metric metric) { return catalogue.at(static_cast<std::size_t>(metric)); }

const MetricInfo* find_metric(std::string_view name) {
  if (name.empty()) return nullptr;
  const auto found = std::ranges::find_if(
      catalogue, [name](const MetricInfo& info) { return info.name == name || info.alias == name; });
  return found == catalogue.end() ? nullptr : &*found;
}

std::optional<std::string> near_metric(std::string_view name) {
  std::vector<std::string> names;
  for (const MetricInfo& info : catalogue) {
    names.emplace_back(info.name);
    if (!info.alias.empty()) names.emplace_back(info.alias);
  }
  return near_miss(name, names);
}

const MetricInfo& metric_named(std::string_view name) {
  if (const MetricInfo* info = find_metric(name)) return *info;
  Error error{ErrorKind::usage, fmt::format("no metric `{}`", printable(name))};
  if (const auto near = near_metric(name)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  throw error;
}

std::string_view name_of(Task task) {
  switch (task) {
    case Task::binary:
      return "binary";
    case Task::multi_class:
      return "multi-class";
    case Task::regression:
      return "regression";
    case Task::ranking:
      return "ranking";
    case Task::latency:
      return "latency";
  }
  return "";
}

std::string_view name_of(Need need) {
  switch (need) {
    case Need::rows:
      return "rows";
    case Need::labels:
      return "labels";
    case Need::scores:
      return "scores";
    case Need::numbers:
      return "numbers";
    case Need::groups:
      return "groups";
    case Need::latency:
      return "latency";
  }
  return "";
}

}  // namespace mlops::stats
