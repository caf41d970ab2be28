#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

using domain::Comparison;
using domain::Condition;
using domain::Metrics;

std::vector<std::string> names_of(const Metrics& metrics) {
  std::vector<std::string> names;
  names.reserve(metrics.size());
  for (const auto& [name, value] : metrics) names.push_back(name);
  return names;
}

// Decimal fractions carry binary noise (0.1 + 0.2 is not 0.3), so that a threshold met exactly might be missed. A
// double keeps 15 digits of a decimal: what lies behind them is noise.
constexpr int exact_digits = 15;

double product(double a, double b) {
  const double result = a * b;
  return std::isfinite(result) ? parse_double(fmt::format("{:.{}g}", result, exact_digits)).value_or(result) : result;
}

// The digits count from the larger operand, for cancelling leaves its noise behind: 0.931 - 0.947.
double sum(double a, double b) {
  const double result = a + b;
  const double largest = std::max(std::abs(a), std::abs(b));
  if (!std::isfinite(result) || !(largest > 0)) return result;
  const int decimals = exact_digits - 1 - static_cast<int>(std::floor(std::log10(largest)));
  if (decimals < 0) return result;
  return parse_double(fmt::format("{:.{}f}", result, decimals)).value_or(result);
}

double adjusted(double value, const domain::StageMetric& reference) {
  switch (reference.adjustment) {
    case '+':
      return sum(value, reference.amount);
    case '-':
      return sum(value, -reference.amount);
    case '*':
      return product(value, reference.amount);
    default:
      return value;
  }
}

// What the value is held against, and the words for it: "0.942", "cancer@1's 0.947 - 0.005".
struct Threshold {
  double value = 0;
  std::string text;
  std::optional<std::string> holder;
};

Threshold threshold_of(const Condition& condition) {
  return {.value = condition.value, .text = figure_text(condition.value), .holder = {}};
}

Threshold threshold_of(const domain::StageMetric& reference, const StageHolder& holder, double held) {
  std::string text = fmt::format("{}'s {}", holder.version.text(), figure_text(held));
  if (reference.adjustment != 0) text += fmt::format(" {} {}", reference.adjustment, figure_text(reference.amount));
  return {.value = adjusted(held, reference), .text = std::move(text), .holder = holder.version.text()};
}

// How far the value is on the right side; negative when it is not.
double margin_of(double found, Comparison comparison, double wanted) {
  switch (comparison) {
    case Comparison::greater:
    case Comparison::greater_equal:
      return sum(found, -wanted);
    case Comparison::less:
    case Comparison::less_equal:
      return sum(wanted, -found);
    case Comparison::equal:
      return -std::abs(sum(found, -wanted));
    case Comparison::not_equal:
      return std::abs(sum(found, -wanted));
  }
  return 0;
}

// "below 0.942 by 0.0106"
std::string miss_text(double found, Comparison comparison, const Threshold& threshold) {
  const std::string distance = figure_text(std::abs(sum(found, -threshold.value)));
  const bool is_same = !(found < threshold.value) && !(found > threshold.value);
  if (is_same && comparison == Comparison::greater) return fmt::format("not above {}, but equal", threshold.text);
  if (is_same && comparison == Comparison::less) return fmt::format("not below {}, but equal", threshold.text);
  if (is_same) return fmt::format("equal to {}", threshold.text);
  if (comparison == Comparison::equal) return fmt::format("off {} by {}", threshold.text, distance);
  return fmt::format("{} {} by {}", found < threshold.value ? "below" : "above", threshold.text, distance);
}

Json finite_or_null(double value) { return std::isfinite(value) ? Json{value} : Json{}; }

domain::Evidence compare(domain::Evidence evidence, const Condition& condition, double found,
                         const Threshold& threshold) {
  evidence.figures = Json::object({{"metric", condition.metric},
                                   {"found", finite_or_null(found)},
                                   {"wanted", finite_or_null(threshold.value)},
                                   {"margin", finite_or_null(margin_of(found, condition.comparison, threshold.value))},
                                   {"reference", threshold.holder}});
  std::string found_text = figure_text(found);
  if (std::isnan(found))
    return failed(std::move(evidence), "NaN", fmt::format("`{}` is not a number", condition.metric));
  if (std::isnan(threshold.value)) {
    return failed(std::move(evidence), std::move(found_text), fmt::format("{} is not a number", threshold.text));
  }
  if (holds(found, condition.comparison, threshold.value)) return passed(std::move(evidence), std::move(found_text));
  std::string reason = miss_text(found, condition.comparison, threshold);
  if (threshold.holder) reason = fmt::format("{} is {}", found_text, reason);
  return failed(std::move(evidence), std::move(found_text), std::move(reason));
}

domain::Evidence judge_metric(const Condition& condition, const Facts& facts) {
  auto evidence = make_evidence("metrics." + condition.metric, condition.text);
  const Metrics& metrics = facts.version.metrics;
  const auto own = metrics.find(condition.metric);
  if (own == metrics.end()) {
    return failed(std::move(evidence), "none", no_such_key("", "metric", condition.metric, names_of(metrics)));
  }
  const double found = own->second;
  if (!condition.reference) return compare(std::move(evidence), condition, found, threshold_of(condition));

  const domain::StageMetric& reference = *condition.reference;
  const std::optional<StageHolder> holder = facts.holder(reference.stage);
  if (!holder) {
    if (std::isnan(found)) return compare(std::move(evidence), condition, found, {});
    return passed(std::move(evidence), figure_text(found), fmt::format("nobody holds {} yet", reference.stage));
  }
  const auto held = holder->metrics.find(reference.metric);
  if (held == holder->metrics.end()) {
    const std::string owner = fmt::format("{}'s {} has ", reference.stage, holder->version.text());
    return failed(std::move(evidence), figure_text(found),
                  no_such_key(owner, "metric", reference.metric, names_of(holder->metrics)));
  }
  return compare(std::move(evidence), condition, found, threshold_of(reference, *holder, held->second));
}

}  // namespace

domain::Evidence metric_condition(const domain::Compound<Condition>& condition, const Facts& facts) {
  std::vector<domain::Evidence> parts;
  for (const Condition& part : condition.parts) parts.push_back(judge_metric(part, facts));
  return join_parts(make_evidence(condition_name("metrics", condition), condition.text), condition.whole,
                    std::move(parts));
}

}  // namespace mlops::checks
