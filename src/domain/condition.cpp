#include <mlops/domain/condition.hpp>

#include <array>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "compound_text.hpp"
#include "condition_text.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::string_view shape =
    "a condition is METRIC OP VALUE, such as `accuracy >= 0.92` or `auc >= production.auc - 0.005`";

using Part = ConditionText::Part;

class Reader {
 public:
  Reader(const ConditionText& text, const std::function<bool(std::string_view)>& is_stage)
      : text_{text}, is_stage_{is_stage} {}

  Condition read() const {
    const auto [left, comparison, right] = text_.sides();
    Condition condition;
    condition.text = text_.text();
    condition.comparison = comparison;
    condition.metric = metric(left);
    read_value(left, right, condition);
    return condition;
  }

 private:
  std::string metric(const Part& name) const {
    try {
      return check_key("metric", name.text);
    } catch (const Error& error) {
      text_.fail(name.at, error.message());
    }
  }

  void read_value(const Part& left, const Part& right, Condition& condition) const {
    if (const auto number = parse_double(right.text)) {
      condition.value = *number;
      return;
    }
    StageMetric reference;
    const Part name = split_adjustment(right, reference);
    const std::size_t dot = name.text.find('.');
    const std::string_view stage = name.text.substr(0, dot);
    if (dot == std::string_view::npos || !is_stage_(stage)) fail_value(left, right, name);
    reference.stage = stage;
    if (dot + 1 == name.text.size()) text_.fail(name.at + dot, fmt::format("there is no metric after `{}.`", stage));
    reference.metric = metric({name.text.substr(dot + 1), name.at + dot + 1});
    refuse_glued_adjustment({reference.metric, name.at + dot + 1});
    condition.reference = std::move(reference);
  }

  [[noreturn]] void fail_value(const Part& left, const Part& right, const Part& name) const {
    text_.refuse_unit(right);
    if (parse_double(left.text)) {
      text_.fail(left.at, "the metric stands on the left, the value on the right");
    }
    const std::size_t dot = name.text.find('.');
    if (dot != std::string_view::npos && !parse_double(right.text.substr(0, 1))) {
      text_.fail(name.at, fmt::format("`{}` is not a stage", shown(name.text.substr(0, dot))));
    }
    text_.fail(right.at, fmt::format("`{}` is neither a number nor STAGE.METRIC", shown(right.text)));
  }

  // Takes "- 0.005" off the end. The sign needs a space before it, for metrics may be called "top-5".
  Part split_adjustment(const Part& right, StageMetric& reference) const {
    for (std::size_t i = right.text.size(); i-- > 1;) {
      const char sign = right.text[i];
      const bool after_space = right.text[i - 1] == ' ' || right.text[i - 1] == '\t';
      if (sign == '/' && after_space) text_.fail(right.at + i, "a value is adjusted by `+`, `-` or `*` and a number");
      const bool is_sign = sign == '*' || ((sign == '+' || sign == '-') && after_space);
      if (!is_sign) continue;
      const std::string_view amount = trim(right.text.substr(i + 1));
      const auto number = parse_double(amount);
      if (!number) text_.fail(right.at + i + 1, fmt::format("`{}` after `{}` is not a number", shown(amount), sign));
      reference.adjustment = sign;
      reference.amount = *number;
      const Part name{trim(right.text.substr(0, i)), right.at};
      refuse_second_adjustment(name);
      return name;
    }
    return right;
  }

  void refuse_second_adjustment(const Part& name) const {
    for (std::size_t i = 1; i < name.text.size(); ++i) {
      const char sign = name.text[i];
      const bool is_sign = sign == '*' || ((sign == '+' || sign == '-') && name.text[i - 1] == ' ');
      if (is_sign) text_.fail(name.at + i, "a value is adjusted once only");
    }
  }

  // "production.auc-0.005" would silently look for a metric of the name "auc-0.005".
  void refuse_glued_adjustment(const Part& name) const {
    const std::size_t sign = name.text.find_last_of("+-");
    if (sign == std::string_view::npos || sign == 0) return;
    const std::string_view amount = name.text.substr(sign + 1);
    const bool is_decimal = amount.find('.') != std::string_view::npos && parse_double(amount);
    if (is_decimal) text_.fail(name.at + sign, fmt::format("write spaces round the `{}`", name.text[sign]));
  }

  const ConditionText& text_;
  const std::function<bool(std::string_view)>& is_stage_;
};

}  // namespace

bool holds(double found, Comparison comparison, double wanted) {
  // Without this, "not a number" would satisfy `!=`.
  if (std::isnan(found) || std::isnan(wanted)) return false;
  switch (comparison) {
    case Comparison::less:
      return found < wanted;
    case Comparison::less_equal:
      return found <= wanted;
    case Comparison::greater:
      return found > wanted;
    case Comparison::greater_equal:
      return found >= wanted;
    case Comparison::equal:
      return !(found < wanted) && !(found > wanted);
    case Comparison::not_equal:
      return found < wanted || found > wanted;
  }
  return false;
}

std::optional<bool> holds_between(double low, double high, Comparison comparison, double wanted) {
  if (!(low <= high)) return std::nullopt;
  const bool more = asks_for_more(comparison);
  if (holds(more ? low : high, comparison, wanted)) return true;
  return holds(more ? high : low, comparison, wanted) ? std::nullopt : std::optional{false};
}

bool asks_for_more(Comparison comparison) {
  return comparison == Comparison::greater || comparison == Comparison::greater_equal;
}

Compound<Condition> parse_condition(std::string_view text, const std::function<bool(std::string_view)>& is_stage) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) throw Error{ErrorKind::usage, "the condition is empty"}.hint(std::string{shape});
  return read_compound(trimmed, shape, [&](const ConditionText& part) { return Reader{part, is_stage}.read(); });
}

}  // namespace mlops::domain
