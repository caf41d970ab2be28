#include <mlops/domain/condition.hpp>

#include <array>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "columns.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::string_view shape =
    "a condition is METRIC OP VALUE, such as `accuracy >= 0.92` or `auc >= production.auc - 0.005`";

constexpr std::array comparisons = std::to_array<std::pair<Comparison, std::string_view>>({
    {Comparison::less, "<"},
    {Comparison::less_equal, "<="},
    {Comparison::greater, ">"},
    {Comparison::greater_equal, ">="},
    {Comparison::equal, "=="},
    {Comparison::not_equal, "!="},
});

// What people write for an operator, and what they mean.
constexpr std::array operator_typos = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"=", "=="}, {"=>", ">="}, {"=<", "<="}, {"<>", "!="}, {"===", "=="}, {">>", ">"}, {"<<", "<"}, {"!", "!="}});

constexpr std::array mathematical_signs =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"≥", ">="}, {"≤", "<="}, {"≠", "!="}});

// A part of the condition that knows where it stands, so that an error can point at it.
struct Part {
  std::string_view text;
  std::size_t at = 0;
};

class Reader {
 public:
  Reader(std::string_view text, const std::function<bool(std::string_view)>& is_stage)
      : text_{text}, is_stage_{is_stage} {}

  Condition read() const {
    const std::size_t begin = text_.find_first_of("<>=!");
    if (begin == std::string_view::npos) fail_without_operator();
    std::size_t end = text_.find_first_not_of("<>=!", begin);
    if (end == std::string_view::npos) end = text_.size();

    Condition condition;
    condition.text = text_;
    condition.comparison = comparison({text_.substr(begin, end - begin), begin});
    const Part left = part(0, begin);
    if (left.text.empty()) fail(begin, "there is no metric before the operator");
    const Part right = part(end, text_.size());
    if (right.text.empty()) fail(text_.size(), "there is no value after the operator");
    if (const auto second = right.text.find_first_of("<>=!"); second != std::string_view::npos) {
      fail(right.at + second, "a condition has one comparison only", "write two conditions");
    }
    condition.metric = metric(left);
    read_value(right, condition);
    return condition;
  }

 private:
  [[noreturn]] void fail(std::size_t at, std::string_view why, std::string hint = {}) const {
    Error error{ErrorKind::usage,
                fmt::format("can't read the condition `{}` at column {}: {}", shown(text_), column_of(text_, at), why)};
    error.add_hint(hint.empty() ? std::string{shape} : std::move(hint));
    throw error;
  }

  [[noreturn]] void fail_without_operator() const {
    for (const auto& [sign, meant] : mathematical_signs) {
      const std::size_t at = text_.find(sign);
      if (at != std::string_view::npos) {
        fail(at, fmt::format("`{}` is not an operator", sign), fmt::format("did you mean `{}`?", meant));
      }
    }
    fail(text_.size(), "there is no operator", "the operators are `<`, `<=`, `>`, `>=`, `==` and `!=`");
  }

  // Without the spaces round it.
  Part part(std::size_t begin, std::size_t end) const {
    const std::string_view trimmed = trim(text_.substr(begin, end - begin));
    return {trimmed, trimmed.empty() ? begin : static_cast<std::size_t>(trimmed.data() - text_.data())};
  }

  Comparison comparison(const Part& symbol) const {
    for (const auto& [comparison, known] : comparisons) {
      if (symbol.text == known) return comparison;
    }
    std::string hint;
    for (const auto& [typo, meant] : operator_typos) {
      if (symbol.text == typo) hint = fmt::format("did you mean `{}`?", meant);
    }
    fail(symbol.at, fmt::format("`{}` is not an operator", shown(symbol.text)), hint);
  }

  std::string metric(const Part& name) const {
    try {
      return check_key("metric", name.text);
    } catch (const Error& error) {
      fail(name.at, error.message());
    }
  }

  void read_value(const Part& right, Condition& condition) const {
    if (const auto number = parse_double(right.text)) {
      condition.value = *number;
      return;
    }
    StageMetric reference;
    const Part name = split_adjustment(right, reference);
    const std::size_t dot = name.text.find('.');
    const std::string_view stage = name.text.substr(0, dot);
    if (dot == std::string_view::npos || !is_stage_(stage))
      fail_value(right, name, dot != std::string_view::npos, condition);
    reference.stage = stage;
    if (dot + 1 == name.text.size()) fail(name.at + dot, fmt::format("there is no metric after `{}.`", stage));
    reference.metric = metric({name.text.substr(dot + 1), name.at + dot + 1});
    refuse_glued_adjustment({reference.metric, name.at + dot + 1});
    condition.reference = std::move(reference);
  }

  [[noreturn]] void fail_value(const Part& right, const Part& name, bool has_dot, const Condition& condition) const {
    if (right.text.ends_with('%'))
      fail(right.at, fmt::format("`{}` is not a number", shown(right.text)), "write a share, such as 0.92 for 92 %");
    if (parse_double(condition.metric)) {
      fail(0, "the metric stands on the left, the value on the right");
    }
    if (has_dot && !parse_double(right.text.substr(0, 1))) {
      const std::string_view stage = name.text.substr(0, name.text.find('.'));
      fail(name.at, fmt::format("`{}` is not a stage", shown(stage)));
    }
    fail(right.at, fmt::format("`{}` is neither a number nor STAGE.METRIC", shown(right.text)));
  }

  // Takes "- 0.005" off the end. The sign needs a space before it, for metrics may be called "top-5".
  Part split_adjustment(const Part& right, StageMetric& reference) const {
    for (std::size_t i = right.text.size(); i-- > 1;) {
      const char sign = right.text[i];
      const bool after_space = right.text[i - 1] == ' ' || right.text[i - 1] == '\t';
      if (sign == '/' && after_space) fail(right.at + i, "a value is adjusted by `+`, `-` or `*` and a number");
      const bool is_sign = sign == '*' || ((sign == '+' || sign == '-') && after_space);
      if (!is_sign) continue;
      const std::string_view amount = trim(right.text.substr(i + 1));
      const auto number = parse_double(amount);
      if (!number) fail(right.at + i + 1, fmt::format("`{}` after `{}` is not a number", shown(amount), sign));
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
      if (is_sign) fail(name.at + i, "a value is adjusted once only");
    }
  }

  // "production.auc-0.005" would silently look for a metric of the name "auc-0.005".
  void refuse_glued_adjustment(const Part& name) const {
    const std::size_t sign = name.text.find_last_of("+-");
    if (sign == std::string_view::npos || sign == 0) return;
    const std::string_view amount = name.text.substr(sign + 1);
    const bool is_decimal = amount.find('.') != std::string_view::npos && parse_double(amount);
    if (is_decimal) fail(name.at + sign, fmt::format("write spaces round the `{}`", name.text[sign]));
  }

  std::string_view text_;
  const std::function<bool(std::string_view)>& is_stage_;
};

}  // namespace

std::string_view symbol_of(Comparison comparison) {
  for (const auto& [known, symbol] : comparisons) {
    if (known == comparison) return symbol;
  }
  return "";
}

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

Condition parse_condition(std::string_view text, const std::function<bool(std::string_view)>& is_stage) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) throw Error{ErrorKind::usage, "the condition is empty"}.hint(std::string{shape});
  return Reader{trimmed, is_stage}.read();
}

}  // namespace mlops::domain
