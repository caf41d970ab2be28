// What the terms of `list --where` and `run list --where` may compare: fields, their operators, and how their values
// read.
#pragma once

#include <string_view>

#include <mlops/domain/filter.hpp>

#include "filter_lexer.hpp"

namespace mlops::domain {

// What the filter looks through.
enum class FilterOf { versions, runs };

// The field and key that `token` names, the rest still to be filled. Throws Error{usage} with the near miss.
FilterTerm field_term(FilterOf of, std::string_view filter, const FilterToken& token);

// Whether the field may stand alone, as in `not deprecated`.
bool is_flag(Field field);

// Fills comparison and value. Throws Error{usage} when the field can't be compared so, or the value is not of its type.
void complete_term(FilterTerm& term, std::string_view filter, const FilterToken& comparison, const FilterToken& value);

}  // namespace mlops::domain
