#include "db.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include <mlops/support/error.hpp>

#include "errors.hpp"

namespace mlops::store::sqlite {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// SQLite's own busy timeout sleeps in fixed steps up to 100 ms, so that many writers wait longer than they must. Short
// sleeps of unequal length let whoever waits take the lock soon after it is free.
struct Database::Patience {
  milliseconds timeout;
  steady_clock::time_point began;
  std::minstd_rand random{std::random_device{}()};

  static int wait(void* self, int tries) {
    auto& patience = *static_cast<Patience*>(self);
    if (tries == 0) patience.began = steady_clock::now();
    if (steady_clock::now() - patience.began >= patience.timeout) return 0;
    const int longest_ms = std::min(1 + tries, 10);
    std::uniform_int_distribution<int> pause{200, longest_ms * 1000};
    std::this_thread::sleep_for(std::chrono::microseconds{pause(patience.random)});
    return 1;
  }
};

// Statement

Statement::Statement(Statement&& other) noexcept
    : database_{other.database_},
      home_{other.home_},
      handle_{std::exchange(other.handle_, nullptr)},
      next_parameter_{other.next_parameter_},
      next_column_{other.next_column_} {}

Statement::~Statement() {
  if (handle_ == nullptr) return;
  reset();
  home_->push_back(handle_);
}

void Statement::reset() noexcept {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  next_parameter_ = 1;
}

void Statement::check(int code) {
  if (code != SQLITE_OK) database_->fail(code);
}

bool Statement::step() {
  next_column_ = 0;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail(code);
  return false;
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::bind_next(std::nullopt_t) { check(sqlite3_bind_null(handle_, next_parameter_++)); }

void Statement::bind_next(double value) { check(sqlite3_bind_double(handle_, next_parameter_++, value)); }

void Statement::bind_integer(std::int64_t value) { check(sqlite3_bind_int64(handle_, next_parameter_++, value)); }

void Statement::bind_next(std::string_view value) {
  // A null pointer would bind NULL instead of an empty text.
  const char* const text = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(handle_, next_parameter_++, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_next(const Digest& value) {
  check(sqlite3_bind_blob64(handle_, next_parameter_++, value.bytes().data(), Digest::size, SQLITE_TRANSIENT));
}

void Statement::bind_next(const std::vector<std::uint8_t>& blob) {
  if (blob.empty()) {
    check(sqlite3_bind_zeroblob(handle_, next_parameter_++, 0));
    return;
  }
  check(sqlite3_bind_blob64(handle_, next_parameter_++, blob.data(), blob.size(), SQLITE_TRANSIENT));
}

void Statement::bind_next(const Json& value) {
  if (value.is_null()) {
    bind_next(std::nullopt);
  } else {
    bind_next(std::string_view{to_line(value)});
  }
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::int64_t Statement::read(int column, const std::int64_t*) const { return sqlite3_column_int64(handle_, column); }

std::uint64_t Statement::read(int column, const std::uint64_t*) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(handle_, column));
}

int Statement::read(int column, const int*) const { return sqlite3_column_int(handle_, column); }

bool Statement::read(int column, const bool*) const { return sqlite3_column_int(handle_, column) != 0; }

double Statement::read(int column, const double*) const { return sqlite3_column_double(handle_, column); }

std::string Statement::read(int column, const std::string*) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::vector<std::uint8_t> Statement::read(int column, const std::vector<std::uint8_t>*) const {
  const auto* const bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
  if (bytes == nullptr) return {};
  return {bytes, bytes + sqlite3_column_bytes(handle_, column)};
}

Digest Statement::read(int column, const Digest*) const {
  const auto bytes = read(column, static_cast<const std::vector<std::uint8_t>*>(nullptr));
  if (bytes.size() != Digest::size) {
    throw Error{ErrorKind::integrity, fmt::format("the registry database `{}` holds a digest of {} bytes instead of {}",
                                                  database_->path(), bytes.size(), Digest::size)};
  }
  Digest::Bytes value;
  std::copy(bytes.begin(), bytes.end(), value.begin());
  return Digest{value};
}

Timestamp Statement::read(int column, const Timestamp*) const {
  return Timestamp{sqlite3_column_int64(handle_, column)};
}

Json Statement::read(int column, const Json*) const {
  if (is_null(column)) return {};
  try {
    return parse_json(read(column, static_cast<const std::string*>(nullptr)), database_->path());
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity,
                fmt::format("the registry database `{}` holds broken JSON: {}", database_->path(), error.message())};
  }
}

// Database

namespace {

int flags_of(Mode mode) {
  switch (mode) {
    case Mode::read_only:
      return SQLITE_OPEN_READONLY;
    case Mode::read_write:
      return SQLITE_OPEN_READWRITE;
    case Mode::create:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

}  // namespace

Database::Database(std::string path, Mode mode, std::int64_t busy_timeout_ms)
    : path_{std::move(path)}, patience_{std::make_unique<Patience>()} {
  patience_->timeout = milliseconds{busy_timeout_ms};
  try {
    constexpr int common_flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path_.c_str(), &handle_, flags_of(mode) | common_flags, nullptr);
    if (code != SQLITE_OK) fail(code);
    sqlite3_busy_handler(handle_, &Patience::wait, patience_.get());
    // A hostile database file must not be able to run anything but plain SQL through its schema.
    for (const int hardening : {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_FKEY}) {
      sqlite3_db_config(handle_, hardening, 1, nullptr);
    }
    for (const int freedom : {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL}) {
      sqlite3_db_config(handle_, freedom, 0, nullptr);
    }
  } catch (...) {
    close();
    throw;
  }
}

Database::~Database() { close(); }

void Database::close() noexcept {
  for (const auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* const statement : statements) sqlite3_finalize(statement);
  }
  idle_.clear();
  sqlite3_close_v2(handle_);
  handle_ = nullptr;
}

Statement Database::prepare(std::string_view sql) {
  auto home = idle_.find(sql);
  if (home == idle_.end()) home = idle_.emplace(std::string{sql}, std::vector<sqlite3_stmt*>{}).first;
  auto& idle = home->second;
  if (!idle.empty()) {
    sqlite3_stmt* const statement = idle.back();
    idle.pop_back();
    return {*this, idle, statement};
  }
  idle.reserve(1);  // so that giving the statement back needs no memory
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return {*this, idle, statement};
}

void Database::execute_script(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

bool Database::can_read() {
  const int code = sqlite3_exec(handle_, "PRAGMA user_version", nullptr, nullptr, nullptr);
  switch (code) {
    case SQLITE_OK:
      return true;
    case SQLITE_READONLY_ROLLBACK:
    case SQLITE_READONLY_RECOVERY:
    case SQLITE_READONLY_CANTINIT:
    case SQLITE_READONLY_CANTLOCK:
    case SQLITE_CANTOPEN:
      return false;
    default:
      fail(code);
  }
}

void Database::back_up_to(const std::string& path) {
  const Database copy{path, Mode::create, 0};
  sqlite3_backup* const backup = sqlite3_backup_init(copy.handle_, "main", handle_, "main");
  if (backup == nullptr) copy.fail(sqlite3_extended_errcode(copy.handle_));
  constexpr int all_pages = -1;
  sqlite3_backup_step(backup, all_pages);
  const int code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) copy.fail(code);
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }

void Database::fail(int code) const {
  if (handle_ == nullptr) throw error_of(code, path_, sqlite3_errstr(code), 0);
  throw error_of(code, path_, sqlite3_errmsg(handle_), sqlite3_system_errno(handle_));
}

// Transaction

Transaction::Transaction(Database& database, Kind kind) : database_{database} {
  database_.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // A failed commit may have rolled back by itself already.
  if (!database_.in_transaction()) return;
  sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() { database_.run("COMMIT"); }

int library_version() { return sqlite3_libversion_number(); }

std::string library_version_text() { return sqlite3_libversion(); }

}  // namespace mlops::store::sqlite
