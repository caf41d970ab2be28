#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/predictions.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "compound_text.hpp"
#include "condition_text.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::string_view sentence =
    "a condition on predictions is METRIC [of CLASS] [by COLUMN, …] OP VALUE, such as `accuracy >= 0.9` or "
    "`recall of yes by region >= production - 0.02`";

constexpr std::string_view metric_sentence =
    "a metric is METRIC [of CLASS] [by COLUMN, …], such as `accuracy` or `recall of yes by region`";

constexpr auto metrics = std::to_array<PredictionMetric>({
    {"accuracy", MetricNeeds::labels, true},
    {"balanced_accuracy", MetricNeeds::labels, true},
    {"precision", MetricNeeds::labels, true},
    {"recall", MetricNeeds::labels, true},
    {"f1", MetricNeeds::labels, true},
    {"specificity", MetricNeeds::labels, true},
    {"mcc", MetricNeeds::labels, true},
    {"kappa", MetricNeeds::labels, true},
    {"positive_rate", MetricNeeds::labels, true},
    {"auc", MetricNeeds::scores, true},
    {"average_precision", MetricNeeds::scores, true},
    {"log_loss", MetricNeeds::scores, false},
    {"brier", MetricNeeds::scores, false},
    {"ece", MetricNeeds::scores, false},
    {"mae", MetricNeeds::numbers, false},
    {"mse", MetricNeeds::numbers, false},
    {"rmse", MetricNeeds::numbers, false},
    {"mape", MetricNeeds::numbers, false},
    {"r2", MetricNeeds::numbers, true},
    {"ndcg", MetricNeeds::ranking, true},
    {"map", MetricNeeds::ranking, true},
    {"mrr", MetricNeeds::ranking, true},
    {"latency_mean", MetricNeeds::latency, false},
    {"latency_p50", MetricNeeds::latency, false},
    {"latency_p95", MetricNeeds::latency, false},
    {"latency_p99", MetricNeeds::latency, false},
    {"demographic_parity_difference", MetricNeeds::groups, false},
    {"demographic_parity_ratio", MetricNeeds::groups, true},
    {"equal_opportunity_difference", MetricNeeds::groups, false},
    {"equal_opportunity_ratio", MetricNeeds::groups, true},
    {"equalized_odds_difference", MetricNeeds::groups, false},
    {"equalized_odds_ratio", MetricNeeds::groups, true},
});

// Metrics that are about one class.
constexpr auto of_a_class =
    std::to_array<std::string_view>({"precision", "recall", "f1", "specificity", "positive_rate"});

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const PredictionMetric& metric : metrics) names.emplace_back(metric.name);
  return names;
}

using Part = ConditionText::Part;

// METRIC [of CLASS] [by COLUMN, …]
class SubjectReader {
 public:
  explicit SubjectReader(const ConditionText& text) : text_{text} {}

  void read(const Part& left, PredictionCondition& condition) const {
    std::string_view rest = left.text;
    if (const std::size_t by = rest.find(" by "); by != std::string_view::npos) {
      read_columns({rest.substr(by + 4), left.at + by + 4}, condition);
      rest = rest.substr(0, by);
    }
    if (const std::size_t of = rest.find(" of "); of != std::string_view::npos) {
      condition.label = std::string{trim(rest.substr(of + 4))};
      if (condition.label->empty()) text_.fail(left.at + of, "there is no class after `of`");
      rest = rest.substr(0, of);
    }
    condition.metric = trim(rest);
    const PredictionMetric* const metric = find_prediction_metric(condition.metric);
    if (metric == nullptr) fail_metric(left.at, condition.metric);
    if (condition.label && std::ranges::find(of_a_class, condition.metric) == of_a_class.end()) {
      text_.fail(left.at, fmt::format("`{}` is not about one class, so `of` means nothing", condition.metric));
    }
    if (metric->needs == MetricNeeds::groups && condition.by.empty()) {
      text_.fail(left.at, fmt::format("`{}` compares groups: say of which column", condition.metric),
                 fmt::format("write `{} by COLUMN`", condition.metric));
    }
  }

 private:
  [[noreturn]] void fail_metric(std::size_t at, const std::string& name) const {
    const std::vector<std::string> names = metric_names();
    const auto near = near_miss(name, names);
    text_.fail(at, fmt::format("there is no metric `{}`", shown(name)),
               near ? fmt::format("did you mean `{}`?", *near) : fmt::format("the metrics are {}", join(names, ", ")));
  }

  void read_columns(const Part& columns, PredictionCondition& condition) const {
    for (const std::string& column : split(columns.text, ',')) {
      const std::string name{trim(column)};
      if (name.empty()) text_.fail(columns.at, "there is no column after `by`");
      if (std::ranges::find(condition.by, name) != condition.by.end()) {
        text_.fail(columns.at, fmt::format("the column `{}` is named twice", shown(name)));
      }
      condition.by.push_back(name);
    }
  }

  const ConditionText& text_;
};

class SentenceReader {
 public:
  SentenceReader(const ConditionText& text, const std::function<bool(std::string_view)>& is_stage)
      : text_{text}, is_stage_{is_stage} {}

  PredictionCondition read() const {
    const auto [left, comparison, right] = text_.sides();
    if (comparison == Comparison::equal || comparison == Comparison::not_equal) {
      text_.fail(left.at + left.text.size(), "figures with an uncertainty are never equal",
                 "use `>=` or `<=`, with a margin where needed");
    }
    PredictionCondition condition;
    condition.text = text_.text();
    condition.comparison = comparison;
    SubjectReader{text_}.read(left, condition);
    read_value(right, condition);
    if (condition.stage && find_prediction_metric(condition.metric)->needs == MetricNeeds::groups) {
      text_.fail(right.at, fmt::format("`{}` is compared with a number", condition.metric));
    }
    refuse_wrong_direction(left, condition);
    return condition;
  }

 private:
  // A number, STAGE, or STAGE + or - a number.
  void read_value(const Part& right, PredictionCondition& condition) const {
    if (const auto number = parse_double(right.text)) {
      condition.value = *number;
      return;
    }
    const std::size_t end = right.text.find_first_of(" \t");
    const std::string_view stage = right.text.substr(0, end);
    if (!is_stage_(stage)) fail_value(right, stage);
    condition.stage = stage;
    if (end == std::string_view::npos) return;
    const std::string_view margin = trim(right.text.substr(end));
    const char sign = margin.front();
    const auto amount = parse_double(trim(margin.substr(1)));
    if ((sign != '+' && sign != '-') || !amount || std::signbit(*amount)) {
      text_.fail(text_.place_of(margin), "after a stage comes `+` or `-` and a number");
    }
    condition.value = sign == '-' ? -*amount : *amount;
  }

  [[noreturn]] void fail_value(const Part& right, std::string_view stage) const {
    text_.refuse_unit(right);
    if (const std::size_t dot = stage.find('.'); dot != std::string_view::npos && is_stage_(stage.substr(0, dot))) {
      text_.fail(right.at, "predictions are compared by the same metric, so a stage stands alone",
                 fmt::format("write `{}`", stage.substr(0, dot)));
    }
    text_.fail(right.at, fmt::format("`{}` is neither a number nor a stage", shown(stage)));
  }

  // "log_loss >= production" would let in what is worse.
  void refuse_wrong_direction(const Part& left, const PredictionCondition& condition) const {
    if (!condition.stage || condition.metric == "positive_rate") return;
    const bool higher_is_better = find_prediction_metric(condition.metric)->higher_is_better;
    if (asks_for_more(condition.comparison) == higher_is_better) return;
    text_.fail(left.at + left.text.size(),
               fmt::format("a {} {} is worse", higher_is_better ? "lower" : "higher", condition.metric),
               fmt::format("did you mean `{}`?", higher_is_better ? ">=" : "<="));
  }

  const ConditionText& text_;
  const std::function<bool(std::string_view)>& is_stage_;
};

}  // namespace

std::span<const PredictionMetric> prediction_metrics() { return metrics; }

const PredictionMetric* find_prediction_metric(std::string_view name) {
  const std::size_t at = name.find('@');
  const auto found = std::ranges::find(metrics, name.substr(0, at), &PredictionMetric::name);
  if (found == metrics.end()) return nullptr;
  return at == std::string_view::npos || ranks_of(name) ? &*found : nullptr;
}

std::optional<std::int64_t> ranks_of(std::string_view metric) {
  const std::size_t at = metric.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto found = std::ranges::find(metrics, metric.substr(0, at), &PredictionMetric::name);
  if (found == metrics.end() || found->needs != MetricNeeds::ranking) return std::nullopt;
  const auto ranks = parse_integer(metric.substr(at + 1));
  return ranks && *ranks > 0 ? ranks : std::nullopt;
}

PredictionCondition parse_prediction_metric(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) throw Error{ErrorKind::usage, "the metric is empty"}.hint(std::string{metric_sentence});
  const ConditionText whole{trimmed, metric_sentence};
  PredictionCondition condition;
  condition.text = trimmed;
  SubjectReader{whole}.read({trimmed, 0}, condition);
  return condition;
}

Compound<PredictionCondition> parse_prediction_condition(std::string_view text,
                                                         const std::function<bool(std::string_view)>& is_stage) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) throw Error{ErrorKind::usage, "the condition is empty"}.hint(std::string{sentence});
  return read_compound(trimmed, sentence,
                       [&](const ConditionText& part) { return SentenceReader{part, is_stage}.read(); });
}

}  // namespace mlops::domain
