#include <cerrno>
#include <limits>

#include <sqlite3.h>
#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

#include "contract/store/registry.hpp"
#include "sqlite/db.hpp"
#include "sqlite/errors.hpp"
#include "store_for_tests.hpp"

namespace mlops::store::sqlite {

TEST_CASE("Values go into the database and come back as they were") {
  const Folder folder;
  Database database{folder.database(), Mode::create, 0};
  const auto digest = sha256("x");
  const std::string text{"a\0b'\"ß", 7};
  auto row =
      database.query("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?", std::numeric_limits<std::int64_t>::min(), 0.1, text, digest,
                     Timestamp{-1}, true, std::nullopt, std::optional<std::int64_t>{7}, Json::array({Json{1}}));
  REQUIRE(row.step());
  CHECK(row.take<std::int64_t>() == std::numeric_limits<std::int64_t>::min());
  CHECK(row.take<double>() == 0.1);
  CHECK(row.take<std::string>() == text);
  CHECK(row.take<Digest>() == digest);
  CHECK(row.take<Timestamp>() == Timestamp{-1});
  CHECK(row.take<bool>());
  CHECK(row.take<std::optional<std::string>>() == std::nullopt);
  CHECK(row.take<std::optional<std::int64_t>>() == 7);
  CHECK(row.take<Json>() == Json::array({Json{1}}));
  CHECK_FALSE(row.step());
}

TEST_CASE("A text without characters is not NULL") {
  const Folder folder;
  Database database{folder.database(), Mode::create, 0};
  auto row = database.query("SELECT ? IS NULL, ? IS NULL", std::string_view{}, "");
  REQUIRE(row.step());
  CHECK_FALSE(row.take<bool>());
  CHECK_FALSE(row.take<bool>());
}

TEST_CASE("The same statement may be in use twice") {
  const Folder folder;
  Database database{folder.database(), Mode::create, 0};
  constexpr auto sql = "SELECT value FROM (SELECT 1 AS value UNION SELECT 2)";
  auto outer = database.prepare(sql);
  int sum = 0;
  while (outer.step()) {
    auto inner = database.prepare(sql);
    while (inner.step()) sum += inner.take<int>();
  }
  CHECK(sum == 6);
}

TEST_CASE("A transaction that is not committed is undone") {
  const Folder folder;
  Database database{folder.database(), Mode::create, 0};
  database.execute_script("CREATE TABLE t(x TEXT) STRICT");
  {
    Transaction transaction{database, Transaction::Kind::write};
    database.run("INSERT INTO t VALUES ('forgotten')");
  }
  {
    Transaction transaction{database, Transaction::Kind::write};
    database.run("INSERT INTO t VALUES ('kept')");
    transaction.commit();
  }
  auto row = database.prepare("SELECT x FROM t");
  REQUIRE(row.step());
  CHECK(row.take<std::string>() == "kept");
  CHECK_FALSE(row.step());
}

TEST_CASE("SQLite's troubles are told in our words") {
  const auto kind = [](int code, int errno_value = 0) {
    return error_of(code, "/x/registry.db", "detail", errno_value).kind();
  };
  CHECK(kind(SQLITE_BUSY) == ErrorKind::unavailable);
  CHECK(kind(SQLITE_BUSY_SNAPSHOT) == ErrorKind::unavailable);
  CHECK(kind(SQLITE_NOTADB) == ErrorKind::integrity);
  CHECK(kind(SQLITE_CORRUPT_INDEX) == ErrorKind::integrity);
  CHECK(kind(SQLITE_CONSTRAINT_FOREIGNKEY) == ErrorKind::integrity);
  CHECK(kind(SQLITE_READONLY_DIRECTORY) == ErrorKind::failed);
  CHECK(error_of(SQLITE_IOERR_WRITE, "/x/registry.db", "disk I/O error", ENOSPC).message() ==
        "no space left on the disk that holds `/x/registry.db`");
  CHECK(error_of(SQLITE_BUSY, "/x", "database is locked", 0).message().find("locked") == std::string::npos);
}

TEST_CASE("A full disk is named") {
  const Folder folder;
  Database database{folder.database(), Mode::create, 0};
  database.execute_script("CREATE TABLE t(x TEXT) STRICT; PRAGMA max_page_count = 3");
  const auto error = contract::error_of([&] { database.run("INSERT INTO t VALUES (?)", std::string(100'000, 'x')); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.message() == "no space left on the disk that holds `" + folder.database() + "`");
}

}  // namespace mlops::store::sqlite
