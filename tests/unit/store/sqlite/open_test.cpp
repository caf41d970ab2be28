#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>

#include "contract/store/log.hpp"
#include "contract/store/many.hpp"
#include "contract/store/registry.hpp"
#include "schema_1_registry.hpp"
#include "sqlite/db.hpp"
#include "sqlite/migrate.hpp"
#include "sqlite/sqlite_store.hpp"
#include "store_for_tests.hpp"

namespace fs = std::filesystem;

namespace mlops::store::sqlite {

namespace {

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) names.insert(entry.path().filename().string());
  return names;
}

void write_bytes(const std::string& path, std::streamoff at, const std::string& bytes) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(at);
  file << bytes;
}

Error opening_error(const Folder& folder, bool for_writing) {
  return contract::error_of([&] {
    const auto store = open_store({.url = folder.url(), .for_writing = for_writing});
    store->read()->models(10, std::nullopt);
  });
}

std::int64_t newest_schema() { return static_cast<std::int64_t>(migrations().size()); }

// The present schema with one step more, as a later program might have it.
std::vector<Migration> one_step_more() {
  std::vector<Migration> known{migrations().begin(), migrations().end()};
  known.push_back({"9999 notes", "CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"});
  return known;
}

void add_one_version(const Folder& folder) {
  const auto store = open_store({.url = folder.url(), .for_writing = true});
  const auto write = store->write(contract::origin(), contract::minute(0));
  contract::add(*write, contract::version_of("churn"));
  write->commit();
}

}  // namespace

TEST_CASE("A registry is created once, as a whole") {
  const Folder folder;
  create_store(folder.url());
  CHECK(names_in(folder.path()) == std::set<std::string>{"registry.db"});
  const auto error = contract::error_of([&] { create_store(folder.url()); });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK(error.message() == "`" + folder.database() + "` exists already");
  CHECK(contract::error_of([] { create_store("sqlite:/nowhere/at/all/registry.db"); }).kind() == ErrorKind::not_found);
  CHECK(contract::error_of([] { create_store("mysql://host/db"); }).kind() == ErrorKind::usage);
}

TEST_CASE("Reading creates no file and changes none") {
  const Folder folder;
  create_store(folder.url());
  add_one_version(folder);
  const auto before = fs::last_write_time(folder.database());
  {
    const auto store = open_store({.url = folder.url()});
    const auto read = store->read();
    CHECK(read->latest("churn") == 1);
    CHECK(names_in(folder.path()) == std::set<std::string>{"registry.db"});
    CHECK(store->health().problems.empty());
    CHECK(store->health().schema == store->health().newest_schema);
  }
  CHECK(fs::last_write_time(folder.database()) == before);

  const auto store = open_store({.url = folder.url()});
  const auto write = store->write(contract::origin(), contract::minute(0));
  CHECK(contract::error_of([&] { write->ensure_model("risk"); }).kind() == ErrorKind::failed);
}

TEST_CASE("A registry that is not there is not found") {
  const Folder folder;
  for (const bool for_writing : {false, true}) {
    const auto error = opening_error(folder, for_writing);
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK(error.hints().front() == "`mlops init` makes one");
  }
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("What is no registry is an integrity violation, and stays as it is") {
  const Folder folder;
  SECTION("a text") {
    std::ofstream{folder.database()} << "This is not a database, but it is long enough to look like one."
                                     << std::string(5000, 'x');
  }
  SECTION("a short text") { std::ofstream{folder.database()} << "hello"; }
  SECTION("an empty file") { std::ofstream{folder.database()}.flush(); }
  SECTION("a folder") { fs::create_directory(folder.database()); }
  SECTION("a database of another program") {
    Database other{folder.database(), Mode::create, 0};
    other.execute_script("CREATE TABLE version(id INTEGER)");
  }
  for (const bool for_writing : {false, true}) CHECK(opening_error(folder, for_writing).kind() == ErrorKind::integrity);
  CHECK(names_in(folder.path()) == std::set<std::string>{"registry.db"});
}

TEST_CASE("A damaged registry is an integrity violation") {
  const Folder folder;
  create_store(folder.url());
  add_one_version(folder);
  const auto size = static_cast<std::streamoff>(fs::file_size(folder.database()));

  SECTION("cut off") {
    fs::resize_file(folder.database(), static_cast<std::uintmax_t>(size / 2));
    CHECK(opening_error(folder, false).kind() == ErrorKind::integrity);
    CHECK(opening_error(folder, true).kind() == ErrorKind::integrity);
  }
  SECTION("its first bytes lost") {
    write_bytes(folder.database(), 0, std::string(64, '\0'));
    CHECK(opening_error(folder, false).kind() == ErrorKind::integrity);
  }
  SECTION("every page but the first overwritten") {
    write_bytes(folder.database(), 4096, std::string(static_cast<std::size_t>(size - 4096), '\xa5'));
    CHECK(opening_error(folder, false).kind() == ErrorKind::integrity);
    const auto problems = open_store({.url = folder.url()})->health().problems;
    CHECK_FALSE(problems.empty());
  }
}

TEST_CASE("A registry of a newer program is refused in words") {
  const Folder folder;
  create(folder.database(), one_step_more());
  for (const bool for_writing : {false, true}) {
    const auto error = opening_error(folder, for_writing);
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message().find(fmt::format("was made by a newer mlops: its schema is {}, and this program knows {}",
                                           newest_schema() + 1, newest_schema())) != std::string::npos);
  }
}

TEST_CASE("An older registry is migrated by the first that writes, after a backup") {
  const Folder folder;
  create_store(folder.url());
  add_one_version(folder);
  const auto later = one_step_more();

  const auto reading = contract::error_of([&] { open(folder.database(), {}, later); });
  CHECK(reading.kind() == ErrorKind::failed);
  CHECK(reading.message().find(fmt::format("has the older schema {}, and this program reads schema {}", newest_schema(),
                                           newest_schema() + 1)) != std::string::npos);
  CHECK(names_in(folder.path()) == std::set<std::string>{"registry.db"});

  const auto store = open(folder.database(), {.url = {}, .for_writing = true}, later);
  CHECK(store->health().schema == newest_schema() + 1);
  CHECK(store->read()->latest("churn") == 1);
  const std::string backup = fmt::format(".schema-{}.backup", newest_schema());
  CHECK(names_in(folder.path()) == std::set<std::string>{"registry.db", "registry.db" + backup});
  CHECK(open_store({.url = folder.url() + backup})->read()->latest("churn") == 1);
  CHECK(open(folder.database(), {}, later)->read()->latest("churn") == 1);

  Database database{folder.database(), Mode::read_only, 0};
  auto name = database.prepare("SELECT name FROM schema_migration ORDER BY number");
  for (const Migration& step : later) {
    CHECK(name.step());
    CHECK(name.take<std::string>() == step.name);
  }
}

TEST_CASE("A registry of the first schema is all there after its migration") {
  const Folder folder;
  create(folder.database(), migrations().first(1));
  Database{folder.database(), Mode::read_write, 0}.execute_script(std::string{schema_1_registry});

  const auto store = open_store({.url = folder.url(), .for_writing = true});
  CHECK(store->health().schema == newest_schema());
  CHECK(store->health().problems.empty());
  {
    const auto read = store->read();
    CHECK(read->latest("churn") == 2);
    CHECK(read->version({"churn", 1})->references == std::nullopt);
    const auto files = read->version_files({"churn", 2});
    REQUIRE(files.size() == 2);
    CHECK(files[0].uri.empty());
    REQUIRE(read->holders("churn").size() == 2);
    CHECK(read->holding("churn", "production")->version == 2);
    CHECK(read->holding("churn", "staging")->kind == domain::ChangeKind::rollback);
    CHECK(read->stage_changes("churn", "", std::nullopt, 10).size() == 4);
    CHECK(read->aliases("churn").size() == 1);
    CHECK(contract::states_told_by_events(*read) == contract::present_states(*read));
  }
  const auto write = store->write(contract::origin(), contract::minute(0));
  write->change_stage(contract::promotion("churn", 2, 1, "staging"));
  write->commit();
  CHECK(store->read()->holding("churn", "staging")->id == 5);
  Database database{folder.database(), Mode::read_write, 0};
  CHECK_THROWS_AS(database.run("DELETE FROM stage_change"), Error);
}

TEST_CASE("A migration that fails leaves the older registry") {
  const Folder folder;
  create_store(folder.url());
  add_one_version(folder);
  std::vector<Migration> broken{migrations().begin(), migrations().end()};
  broken.push_back(
      {"9999 broken", "CREATE TABLE note(id INTEGER PRIMARY KEY) STRICT; CREATE TABLE model(id INTEGER);"});
  CHECK_THROWS_AS(open(folder.database(), {.url = {}, .for_writing = true}, broken), Error);
  CHECK(open_store({.url = folder.url()})->health().schema == newest_schema());
  Database database{folder.database(), Mode::read_only, 0};
  CHECK_FALSE(database.query("SELECT 1 FROM sqlite_schema WHERE name = 'note'").step());
}

TEST_CASE("A reader recovers what a killed writer left behind") {
  const Folder folder;
  create_store(folder.url());
  add_one_version(folder);
  contract::in_processes(1, [&](int) {
    Database database{folder.database(), Mode::read_write, 0};
    database.execute_script("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;");
    for (int i = 0; i < 200; ++i) {
      database.run("INSERT INTO model(name, created_at, created_by) VALUES (?, 0, ?)", std::to_string(i),
                   std::string(2000, 'x'));
    }
    kill(getpid(), SIGKILL);
  });
  REQUIRE(names_in(folder.path()) == std::set<std::string>{"registry.db", "registry.db-journal"});
  CHECK_FALSE(Database{folder.database(), Mode::read_only, 0}.can_read());

  const auto store = open_store({.url = folder.url()});
  CHECK(store->read()->models(10, std::nullopt).items.size() == 1);
  CHECK(store->health().problems.empty());
}

TEST_CASE("A folder that can't be written is named before anything is tried") {
  const Folder folder;
  create_store(folder.url());
  chmod(folder.path().c_str(), 0555);
  const auto statuses = contract::in_processes(1, [&](int) {
    constexpr uid_t nobody = 65534;
    if (geteuid() == 0 && seteuid(nobody) != 0) throw std::runtime_error{"can't become another user"};
    const auto error = opening_error(folder, true);
    if (error.kind() != ErrorKind::failed) throw std::runtime_error{"another kind"};
    if (error.message().find(folder.path().string()) == std::string::npos) throw std::runtime_error{"another path"};
    open_store({.url = folder.url()})->read()->models(1, std::nullopt);  // reading needs no permission to write
  });
  chmod(folder.path().c_str(), 0755);
  CHECK(statuses == std::vector{0});
}

TEST_CASE("What was written once can't be changed by other means either") {
  const Folder folder;
  create_store(folder.url());
  add_one_version(folder);
  Database database{folder.database(), Mode::read_write, 0};
  for (const auto* sql :
       {"UPDATE version SET message = 'better'", "DELETE FROM version", "UPDATE version_file SET size = 0",
        "DELETE FROM version_file", "UPDATE event SET actor = 'nobody'", "DELETE FROM event",
        "INSERT INTO event SELECT sequence + 5, canonical, leaf, at, model, actor, kind FROM event LIMIT 1",
        "INSERT INTO version SELECT id + 1, 77, number, digest, file_count, total_bytes, NULL, NULL, 0, '', NULL, "
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, '', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, "
        "NULL "
        "FROM version"}) {
    CAPTURE(sql);
    CHECK(contract::error_of([&] { database.run(sql); }).kind() == ErrorKind::integrity);
  }
}

}  // namespace mlops::store::sqlite
