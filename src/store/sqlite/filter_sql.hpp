// The filter of `list --where` as a condition on the rows of `version v`.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <mlops/domain/filter.hpp>
#include <mlops/support/time.hpp>

#include "sql_text.hpp"

namespace mlops::store::sqlite {

// A comparison with something that a version does not have is false; `!=` on stages, aliases and datasets means "none
// of them". `model` restricts the search for stages and aliases to one model.
SqlText condition_of(const domain::Filter& filter, Timestamp now, std::optional<std::int64_t> model);

// Queries of version ids, each answered by an index, each with all the versions that the filter can let through: where
// one of them gives few, nothing else needs to be looked at.
std::vector<SqlText> candidates_of(const domain::Filter& filter, std::optional<std::int64_t> model);

}  // namespace mlops::store::sqlite
