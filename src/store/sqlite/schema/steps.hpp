// Each step of the schema, in a file of its own.
#pragma once

#include "sqlite/schema.hpp"

namespace mlops::store::sqlite {

extern const Migration initial;
extern const Migration references_and_deletions;
extern const Migration inspections;
extern const Migration executions;
extern const Migration waivers;
extern const Migration searches;
extern const Migration monitoring;
extern const Migration triggers;
extern const Migration hooks;
extern const Migration lineage_of_versions;

}  // namespace mlops::store::sqlite
