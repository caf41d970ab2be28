#include "condition_text.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "columns.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

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

}  // namespace

std::string_view symbol_of(Comparison comparison) {
  for (const auto& [known, symbol] : comparisons) {
    if (known == comparison) return symbol;
  }
  return "";
}

ConditionText::Sides ConditionText::sides() const {
  const std::size_t begin = text_.find_first_of("<>=!");
  if (begin == std::string_view::npos) fail_without_operator();
  std::size_t end = text_.find_first_not_of("<>=!", begin);
  if (end == std::string_view::npos) end = text_.size();

  Sides sides;
  sides.comparison = comparison({text_.substr(begin, end - begin), begin});
  sides.left = part(0, begin);
  if (sides.left.text.empty()) fail(begin, "there is no metric before the operator");
  sides.right = part(end, text_.size());
  if (sides.right.text.empty()) fail(text_.size(), "there is no value after the operator");
  if (const auto second = sides.right.text.find_first_of("<>=!"); second != std::string_view::npos) {
    fail(sides.right.at + second, "a condition has one comparison only", "write two conditions");
  }
  return sides;
}

ConditionText::Part ConditionText::part(std::size_t begin, std::size_t end) const {
  const std::string_view trimmed = trim(text_.substr(begin, end - begin));
  return {trimmed, trimmed.empty() ? begin : static_cast<std::size_t>(trimmed.data() - text_.data())};
}

void ConditionText::fail(std::size_t at, std::string_view why, std::string hint) const {
  Error error{ErrorKind::usage,
              fmt::format("can't read the condition `{}` at column {}: {}", shown(text_), column_of(text_, at), why)};
  error.add_hint(hint.empty() ? std::string{shape_} : std::move(hint));
  throw error;
}

void ConditionText::fail_without_operator() const {
  for (const auto& [sign, meant] : mathematical_signs) {
    const std::size_t at = text_.find(sign);
    if (at != std::string_view::npos) {
      fail(at, fmt::format("`{}` is not an operator", sign), fmt::format("did you mean `{}`?", meant));
    }
  }
  fail(text_.size(), "there is no operator", "the operators are `<`, `<=`, `>`, `>=`, `==` and `!=`");
}

Comparison ConditionText::comparison(const Part& symbol) const {
  for (const auto& [comparison, known] : comparisons) {
    if (symbol.text == known) return comparison;
  }
  std::string hint;
  for (const auto& [typo, meant] : operator_typos) {
    if (symbol.text == typo) hint = fmt::format("did you mean `{}`?", meant);
  }
  fail(symbol.at, fmt::format("`{}` is not an operator", shown(symbol.text)), hint);
}

}  // namespace mlops::domain
