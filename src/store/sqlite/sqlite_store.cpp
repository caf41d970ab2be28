#include "sqlite_store.hpp"

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "db.hpp"
#include "derived.hpp"
#include "journal.hpp"
#include "migrate.hpp"
#include "reader.hpp"
#include "writer.hpp"

namespace mlops::store::sqlite {

namespace {

namespace fs = std::filesystem;

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path{path}.parent_path();
  return folder.empty() ? fs::path{"."} : folder;
}

void check_file(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    throw Error{
        ErrorKind::not_found, fmt::format("there is no registry database at `{}`", path), {"`mlops init` makes one"}};
  }
  if (error) throw system_error("can't open the registry database", path, error.value());
  if (!fs::is_regular_file(status)) {
    throw Error{ErrorKind::integrity, fmt::format("`{}` is not a file, so it can't be a registry database", path)};
  }
  if (fs::file_size(path, error) == 0 && !error) {
    throw Error{ErrorKind::integrity,
                fmt::format("`{}` is empty: it is no registry database, or it was cut off", path),
                {"restore it from a backup, or move it away and run `mlops init`"}};
  }
}

void check_access(const std::string& path, int mode, std::string_view what) {
  if (faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) != 0) throw system_error(what, path, errno);
}

// SQLite needs to write in the folder too, where it keeps its journal. Finding out now says so in better words than it
// would.
void check_writable(const std::string& path) {
  check_access(path, R_OK | W_OK, "can't change the registry database");
  check_access(folder_of(path).string(), W_OK | X_OK, "can't write in the folder of the registry database");
}

// Moves the finished database to its name unless something has that name already.
void publish(const std::string& from, const std::string& to) {
  // A link refuses to replace what exists, on every file system that has links; the others get the plain check.
  if (link(from.c_str(), to.c_str()) == 0) {
    unlink(from.c_str());
  } else if (errno == EEXIST || fs::exists(to)) {
    throw Error{ErrorKind::conflict, fmt::format("`{}` exists already", to)};
  } else if (rename(from.c_str(), to.c_str()) != 0) {
    throw system_error("can't create the registry database", to, errno);
  }
  fsync_directory(folder_of(to));
}

// A crashed writer leaves a journal that must be rolled back before anybody reads, which takes a connection that may
// write.
std::unique_ptr<Database> open_for_reading(const std::string& path, std::int64_t busy_timeout_ms) {
  auto database = std::make_unique<Database>(path, Mode::read_only, busy_timeout_ms);
  if (database->can_read()) return database;
  database = std::make_unique<Database>(path, Mode::read_write, busy_timeout_ms);
  if (database->can_read()) return database;
  throw Error{ErrorKind::failed,
              fmt::format("the registry database `{}` was interrupted in a change and needs to be recovered", path),
              {fmt::format("run the command as somebody who may write in `{}`", folder_of(path).string())}};
}

// Several readers of one store see the same snapshot, which ends with the last of them.
class Snapshot : public Reader {
 public:
  Snapshot(Database& database, std::shared_ptr<Transaction> transaction)
      : Reader{database}, transaction_{std::move(transaction)} {}

 private:
  std::shared_ptr<Transaction> transaction_;
};

class SqliteStore : public Store {
 public:
  SqliteStore(std::string path, const OpenOptions& options, std::span<const Migration> known)
      : path_{std::move(path)}, busy_timeout_ms_{options.busy_timeout_ms}, known_{known} {
    check_file(path_);
    if (options.for_writing) {
      open_writable();
    } else {
      open_readable();
    }
  }

  std::unique_ptr<ReadTransaction> read() override {
    auto transaction = snapshot_.lock();
    if (!transaction) {
      transaction = begin_snapshot();
      snapshot_ = transaction;
    }
    return std::make_unique<Snapshot>(*database_, std::move(transaction));
  }

  std::unique_ptr<WriteTransaction> write(const domain::Origin& origin, Timestamp now) override {
    refuse_nesting();
    return std::make_unique<Writer>(*database_, origin, now);
  }

  Health health() override {
    Health health;
    health.engine = fmt::format("sqlite {}", library_version_text());
    health.location = path_;
    health.newest_schema = static_cast<std::int64_t>(known_.size());
    try {
      health.schema = schema_of(*database_, known_);
      health.engine += fmt::format(", {}", name_of(journal_of(*database_)));
      add_problems(health.problems);
    } catch (const Error& error) {
      health.problems.push_back(error.message());
    }
    return health;
  }

 private:
  void open_readable() {
    database_ = open_for_reading(path_, busy_timeout_ms_);
    const std::int64_t schema = schema_of(*database_, known_);
    if (schema == newest()) return;
    throw Error{ErrorKind::failed,
                fmt::format("the registry `{}` has the older schema {}, and this program reads schema {}", path_,
                            schema, newest()),
                {"the next command that changes something upgrades it, after a backup"}};
  }

  void open_writable() {
    check_writable(path_);
    database_ = std::make_unique<Database>(path_, Mode::read_write, busy_timeout_ms_);
    const std::int64_t schema = schema_of(*database_, known_);
    make_durable(*database_, suitable_journal(path_));
    if (schema < newest()) migrate(*database_, known_, system_now());
  }

  std::shared_ptr<Transaction> begin_snapshot() {
    refuse_nesting();
    auto transaction = std::make_shared<Transaction>(*database_, Transaction::Kind::read);
    if (database_->can_read()) return transaction;
    transaction.reset();
    database_ = open_for_reading(path_, busy_timeout_ms_);
    return std::make_shared<Transaction>(*database_, Transaction::Kind::read);
  }

  // Two transactions of one process would wait for each other until the busy timeout ends.
  void refuse_nesting() const {
    if (!database_->in_transaction()) return;
    throw Error{ErrorKind::failed, "a transaction of this program is open already: it must end before the next begins"};
  }

  void add_problems(std::vector<std::string>& problems) {
    auto check = database_->prepare("PRAGMA quick_check(20)");
    while (check.step()) {
      if (auto line = check.take<std::string>(); line != "ok") problems.push_back(std::move(line));
    }
    auto orphan = database_->prepare("PRAGMA foreign_key_check");
    while (orphan.step()) {
      const auto table = orphan.take<std::string>();
      const auto row = orphan.take<std::int64_t>();
      problems.push_back(
          fmt::format("row {} of {} names a row of {} that does not exist", row, table, orphan.take<std::string>()));
    }
    for (auto& wrong : wrong_copies(*database_)) problems.push_back(std::move(wrong));
  }

  [[nodiscard]] std::int64_t newest() const { return static_cast<std::int64_t>(known_.size()); }

  std::string path_;
  std::int64_t busy_timeout_ms_;
  std::span<const Migration> known_;
  std::unique_ptr<Database> database_;
  std::weak_ptr<Transaction> snapshot_;
};

}  // namespace

void create(const std::string& path, std::span<const Migration> known) {
  if (fs::exists(path)) throw Error{ErrorKind::conflict, fmt::format("`{}` exists already", path)};
  check_access(folder_of(path).string(), W_OK | X_OK, "can't make a registry database in");
  // Made under another name, so that a crash never leaves half a registry under the right one.
  const std::string unfinished = fmt::format("{}.new-{}", path, random_hex(8));
  try {
    {
      Database database{unfinished, Mode::create, 0};
      make_durable(database, Journal::rollback);
      migrate(database, known, system_now());
    }
    publish(unfinished, path);
  } catch (...) {
    unlink(unfinished.c_str());
    unlink((unfinished + "-journal").c_str());
    throw;
  }
}

std::unique_ptr<Store> open(const std::string& path, const OpenOptions& options, std::span<const Migration> known) {
  return std::make_unique<SqliteStore>(path, options, known);
}

}  // namespace mlops::store::sqlite
