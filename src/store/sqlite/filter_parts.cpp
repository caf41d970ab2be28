#include "filter_parts.hpp"

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

namespace mlops::store::sqlite {

using domain::Filter;

namespace {

SqlText joined(const std::vector<Filter>& parts, std::string_view word, std::string_view of_nothing,
               const TermCondition& term) {
  if (parts.empty()) return SqlText{of_nothing};
  SqlText sql{"("};
  bool first = true;
  for (const Filter& part : parts) {
    if (!first) sql += SqlText{word};
    first = false;
    sql += condition_of(part, term);
  }
  sql += SqlText{")"};
  return sql;
}

}  // namespace

std::string_view operator_of(domain::Comparison comparison) {
  switch (comparison) {
    case domain::Comparison::less:
      return "<";
    case domain::Comparison::less_equal:
      return "<=";
    case domain::Comparison::greater:
      return ">";
    case domain::Comparison::greater_equal:
      return ">=";
    case domain::Comparison::equal:
      return "=";
    case domain::Comparison::not_equal:
      return "<>";
  }
  return "=";
}

std::string text_of(const domain::FilterTerm& term) {
  if (const auto* text = std::get_if<std::string>(&term.value)) return *text;
  if (const auto* number = std::get_if<double>(&term.value)) return number_text(*number);
  return std::get<bool>(term.value) ? "true" : "false";
}

double number_of(const domain::FilterTerm& term, std::string_view field) {
  if (const auto* number = std::get_if<double>(&term.value)) return *number;
  throw Error{ErrorKind::usage, fmt::format("`{}` is compared with a number, not with '{}'", field, text_of(term))};
}

// Whether an equality is meant, or its opposite, for fields that have no order.
bool is_equality(const domain::FilterTerm& term, std::string_view field) {
  if (term.comparison == domain::Comparison::equal) return true;
  if (term.comparison == domain::Comparison::not_equal) return false;
  throw Error{ErrorKind::usage, fmt::format("`{}` has no order: use = or != with it", field)};
}

SqlText number_column(const domain::FilterTerm& term, std::string_view expression, std::string_view field) {
  return {fmt::format("({} {} ?)", expression, operator_of(term.comparison)), number_of(term, field)};
}

SqlText metric_condition(const domain::FilterTerm& term, std::string_view table, std::string_view belongs) {
  return {fmt::format("EXISTS (SELECT 1 FROM {} x WHERE x.{} AND x.name = ? AND x.value {} ?)", table, belongs,
                      operator_of(term.comparison)),
          term.key, number_of(term, "metrics." + term.key)};
}

SqlText param_condition(const domain::FilterTerm& term, std::string_view table, std::string_view belongs) {
  const auto op = operator_of(term.comparison);
  const std::string select = fmt::format("EXISTS (SELECT 1 FROM {} x WHERE x.{} AND x.name = ?", table, belongs);
  if (const auto* number = std::get_if<double>(&term.value)) {
    return {fmt::format("{} AND typeof(x.value) IN ('integer', 'real') AND x.value {} ?)", select, op), term.key,
            *number};
  }
  return {fmt::format("{} AND typeof(x.value) = 'text' AND x.value {} ?)", select, op), term.key, text_of(term)};
}

SqlText commit_condition(const domain::FilterTerm& term, std::string_view row) {
  const std::string prefix = lower_ascii(text_of(term));
  // Commits are hexadecimal, and 'g' sorts after all their digits.
  if (is_equality(term, "commit"))
    return {fmt::format("({0}.git_commit >= ? AND {0}.git_commit < ?)", row), prefix, prefix + 'g'};
  return {fmt::format("({0}.git_commit < ? OR {0}.git_commit >= ?)", row), prefix, prefix + 'g'};
}

SqlText branch_condition(const domain::FilterTerm& term, std::string_view row) {
  is_equality(term, "branch");
  return {fmt::format("({}.git_branch {} ?)", row, operator_of(term.comparison)), text_of(term)};
}

// A part of the text, without regard to case: nobody types a whole message or "Name <email>".
SqlText part_of(const domain::FilterTerm& term, std::string_view column, std::string_view field) {
  const std::string_view test = is_equality(term, field) ? ">" : "=";
  return {fmt::format("(instr(lower({}), lower(?)) {} 0)", column, test), text_of(term)};
}

// The whole word, without regard to case; versions of which nothing is known have none.
SqlText word(const domain::FilterTerm& term, std::string_view column, std::string_view field) {
  return {fmt::format("(lower(coalesce({}, '')) {} lower(?))", column, is_equality(term, field) ? "=" : "<>"),
          text_of(term)};
}

SqlText yes_or_no(const domain::FilterTerm& term, std::string_view expression, std::string_view field) {
  const auto* wanted = std::get_if<bool>(&term.value);
  if (wanted == nullptr) {
    throw Error{ErrorKind::usage, fmt::format("`{}` is true or false, not '{}'", field, text_of(term))};
  }
  const bool positive = *wanted == is_equality(term, field);
  return SqlText{fmt::format("({}{})", positive ? "" : "NOT ", expression)};
}

SqlText condition_of(const Filter& filter, const TermCondition& term) {
  switch (filter.kind) {
    case Filter::Kind::term:
      return term(filter.term);
    case Filter::Kind::all_of:
      return joined(filter.parts, " AND ", "1", term);
    case Filter::Kind::any_of:
      return joined(filter.parts, " OR ", "0", term);
    case Filter::Kind::none_of: {
      // A comparison with NULL is neither true nor false in SQL; here it is false, so that its opposite is true.
      SqlText sql{"NOT coalesce("};
      sql += joined(filter.parts, " OR ", "0", term);
      sql += SqlText{", 0)"};
      return sql;
    }
  }
  return SqlText{"1"};
}

}  // namespace mlops::store::sqlite
