// What the conditions on versions and on runs have in common.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <mlops/domain/filter.hpp>

#include "sql_text.hpp"

namespace mlops::store::sqlite {

std::string_view operator_of(domain::Comparison comparison);
std::string text_of(const domain::FilterTerm& term);
double number_of(const domain::FilterTerm& term, std::string_view field);
// Whether an equality is meant, or its opposite, for fields that have no order.
bool is_equality(const domain::FilterTerm& term, std::string_view field);

SqlText number_column(const domain::FilterTerm& term, std::string_view expression, std::string_view field);
// `belongs` ties a row of the table to its owner: "version_id = v.id".
SqlText metric_condition(const domain::FilterTerm& term, std::string_view table, std::string_view belongs);
SqlText param_condition(const domain::FilterTerm& term, std::string_view table, std::string_view belongs);
// `row` is the alias of the table that has the git columns.
SqlText commit_condition(const domain::FilterTerm& term, std::string_view row);
SqlText branch_condition(const domain::FilterTerm& term, std::string_view row);
// A part of the text, without regard to case: nobody types a whole message or "Name <email>".
SqlText part_of(const domain::FilterTerm& term, std::string_view column, std::string_view field);
// The whole word, without regard to case; rows of which nothing is known have none.
SqlText word(const domain::FilterTerm& term, std::string_view column, std::string_view field);
SqlText yes_or_no(const domain::FilterTerm& term, std::string_view expression, std::string_view field);

using TermCondition = std::function<SqlText(const domain::FilterTerm& term)>;
SqlText condition_of(const domain::Filter& filter, const TermCondition& term);

}  // namespace mlops::store::sqlite
