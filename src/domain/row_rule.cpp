// Rules on the values of one row: "start <= end".
#include <array>

#include <fmt/core.h>

#include <mlops/domain/data_schema.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

struct Symbol {
  std::string_view text;
  Comparison comparison;
};
// The longer ones first.
constexpr auto symbols = std::to_array<Symbol>({{"<=", Comparison::less_equal},
                                                {">=", Comparison::greater_equal},
                                                {"==", Comparison::equal},
                                                {"!=", Comparison::not_equal},
                                                {"<", Comparison::less},
                                                {">", Comparison::greater}});

[[noreturn]] void fail_rule(std::string_view rule, std::string_view why) {
  throw Error{
      ErrorKind::usage,
      fmt::format("`{}` is not a rule: {}", printable(rule), why),
      {"a rule compares two columns, or one with a value: \"start <= end\", \"price > 0\", \"`unit price` < 1e6\", "
       "\"state != 'gone'\""}};
}

// Cuts one side off the front of `rest`.
RuleOperand take_operand(std::string_view& rest, std::string_view rule) {
  rest = trim(rest);
  if (rest.empty()) fail_rule(rule, "a side of it is missing");
  const char quote = rest.front();
  if (quote == '`' || quote == '"' || quote == '\'') {
    const std::size_t end = rest.find(quote, 1);
    if (end == std::string_view::npos) fail_rule(rule, fmt::format("the second {} is missing", quote));
    RuleOperand operand{.is_column = quote == '`', .text = std::string{rest.substr(1, end - 1)}};
    rest = trim(rest.substr(end + 1));
    return operand;
  }
  const std::string_view word = trim(rest.substr(0, rest.find_first_of("<>=!")));
  if (word.empty()) fail_rule(rule, "a side of it is missing");
  rest = trim(rest.substr(static_cast<std::size_t>(word.data() - rest.data()) + word.size()));
  return {.is_column = !parse_double(word), .text = std::string{word}};
}

Comparison take_comparison(std::string_view& rest, std::string_view rule) {
  for (const Symbol& symbol : symbols) {
    if (!rest.starts_with(symbol.text)) continue;
    rest.remove_prefix(symbol.text.size());
    return symbol.comparison;
  }
  fail_rule(rule, "it needs one of < <= > >= == !=");
}

}  // namespace

RowRule parse_row_rule(std::string_view text) {
  RowRule rule;
  rule.text = text;
  std::string_view rest = text;
  rule.left = take_operand(rest, text);
  rule.comparison = take_comparison(rest, text);
  rule.right = take_operand(rest, text);
  if (!rest.empty()) fail_rule(text, fmt::format("nothing may follow, but `{}` does", printable(rest)));
  if (!rule.left.is_column && !rule.right.is_column) fail_rule(text, "no side of it is a column");
  return rule;
}

}  // namespace mlops::domain
