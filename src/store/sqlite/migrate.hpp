// Brings a database to the schema that this program knows.
#pragma once

#include <cstdint>
#include <span>

#include "db.hpp"
#include "schema.hpp"

namespace mlops::store::sqlite {

// "MLOP": marks the file as ours in the header of the database.
inline constexpr std::int64_t application_id = 0x4d4c4f50;

// How many migrations the database has taken. Error{integrity} when it is not a registry, Error{failed} when it is from
// a newer program.
std::int64_t schema_of(Database& database, std::span<const Migration> known);

// Applies what is missing, each step in a transaction with its record. Before the first step of a database with
// content, a copy is made beside it.
void migrate(Database& database, std::span<const Migration> known, Timestamp now);

}  // namespace mlops::store::sqlite
