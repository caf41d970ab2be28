#include "migrate.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::store::sqlite {

namespace {

std::int64_t integer_of(Database& database, std::string_view sql) {
  Statement statement = database.prepare(sql);
  return statement.step() ? statement.take<std::int64_t>() : 0;
}

std::string backup_path(const Database& database, std::int64_t schema) {
  const std::string base = fmt::format("{}.schema-{}", database.path(), schema);
  std::string path = base + ".backup";
  for (int copy = 2; std::filesystem::exists(path); ++copy) path = fmt::format("{}-{}.backup", base, copy);
  return path;
}

// The write lock is held by `database`, so that the copy, made through a connection of its own, is the very state that
// is migrated.
void back_up(const Database& database, std::int64_t schema) {
  Database reader{database.path(), Mode::read_only, 0};
  reader.back_up_to(backup_path(database, schema));
}

void apply(Database& database, const Migration& migration, std::int64_t number, Timestamp now) {
  if (number == 1) {
    database.execute_script(
        "CREATE TABLE schema_migration(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, applied_at INTEGER NOT "
        "NULL) STRICT;");
    database.execute_script(fmt::format("PRAGMA application_id = {}", application_id));
  }
  database.execute_script(std::string{migration.sql});
  database.run("INSERT INTO schema_migration(number, name, applied_at) VALUES (?, ?, ?)", number, migration.name, now);
  database.execute_script(fmt::format("PRAGMA user_version = {}", number));
}

}  // namespace

std::int64_t schema_of(Database& database, std::span<const Migration> known) {
  if (integer_of(database, "PRAGMA application_id") != application_id) {
    throw Error{ErrorKind::integrity, fmt::format("`{}` is a database, but not a registry", database.path())};
  }
  const std::int64_t schema = integer_of(database, "PRAGMA user_version");
  if (schema > static_cast<std::int64_t>(known.size())) {
    throw Error{ErrorKind::failed,
                fmt::format("the registry `{}` was made by a newer mlops: its schema is {}, and this program knows {}",
                            database.path(), schema, known.size()),
                {"install the newer mlops, or ask who upgraded the registry"}};
  }
  return schema;
}

void migrate(Database& database, std::span<const Migration> known, Timestamp now) {
  bool backed_up = false;
  for (;;) {
    Transaction transaction{database, Transaction::Kind::write};
    // Read again under the lock: another process may have done the work meanwhile.
    const std::int64_t schema = integer_of(database, "PRAGMA user_version");
    if (schema >= static_cast<std::int64_t>(known.size())) return;
    if (schema > 0 && !backed_up) back_up(database, schema);
    backed_up = true;
    apply(database, known[static_cast<std::size_t>(schema)], schema + 1, now);
    transaction.commit();
  }
}

}  // namespace mlops::store::sqlite
