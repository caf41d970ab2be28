#include "condition_text.hpp"

#include <algorithm>
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

// That people write after a number.
constexpr auto units = std::to_array<std::string_view>(
    {"ns", "us",   "µs", "ms",    "s",  "sec", "second", "seconds", "min", "minutes", "h",   "hours",
     "d",  "days", "B",  "bytes", "kB", "KB",  "MB",     "GB",      "TB",  "KiB",     "MiB", "GiB"});

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
  const std::size_t own_end = own_.at + own_.text.size();
  const std::size_t begin = whole_.find_first_of("<>=!", own_.at);
  if (begin >= own_end) fail_without_operator();
  const std::size_t end = std::min(whole_.find_first_not_of("<>=!", begin), own_end);

  Sides sides;
  sides.comparison = comparison({whole_.substr(begin, end - begin), begin});
  sides.left = part(own_.at, begin);
  if (sides.left.text.empty()) fail(begin, "there is no metric before the operator");
  sides.right = part(end, own_end);
  if (sides.right.text.empty()) fail(own_end, "there is no value after the operator");
  if (const auto second = sides.right.text.find_first_of("<>=!"); second != std::string_view::npos) {
    fail(sides.right.at + second, "a comparison has one operator only", "join two comparisons with `and`");
  }
  return sides;
}

ConditionText::Part ConditionText::part(std::size_t begin, std::size_t end) const {
  const std::string_view trimmed = trim(whole_.substr(begin, end - begin));
  return {trimmed, trimmed.empty() ? begin : place_of(trimmed)};
}

void ConditionText::fail(std::size_t at, std::string_view why, std::string hint) const {
  Error error{ErrorKind::usage,
              fmt::format("can't read the condition `{}` at column {}: {}", shown(whole_), column_of(whole_, at), why)};
  error.add_hint(hint.empty() ? std::string{shape_} : std::move(hint));
  throw error;
}

void ConditionText::refuse_unit(const Part& value) const {
  const std::size_t end = value.text.find_last_of("0123456789.");
  if (end == std::string_view::npos || !parse_double(value.text.substr(0, end + 1))) return;
  const std::string_view number = value.text.substr(0, end + 1);
  const std::string unit{trim(value.text.substr(end + 1))};
  if (unit == "%" || unit == "percent") {
    fail(value.at, fmt::format("`{}` is not a number", shown(value.text)), "write a share, such as 0.92 for 92 %");
  }
  if (std::ranges::find(units, unit) == units.end()) return;
  fail(value.at + static_cast<std::size_t>(value.text.find(unit)),
       fmt::format("a figure has no unit, so `{}` means nothing", unit),
       fmt::format("write `{}`, in the unit that the figure is recorded in", number));
}

void ConditionText::fail_without_operator() const {
  for (const auto& [sign, meant] : mathematical_signs) {
    const std::size_t at = own_.text.find(sign);
    if (at != std::string_view::npos) {
      fail(own_.at + at, fmt::format("`{}` is not an operator", sign), fmt::format("did you mean `{}`?", meant));
    }
  }
  fail(own_.at + own_.text.size(), "there is no operator", "the operators are `<`, `<=`, `>`, `>=`, `==` and `!=`");
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
