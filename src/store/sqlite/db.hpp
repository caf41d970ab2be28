// A thin driver over SQLite's C API: a connection, prepared statements that are kept for the next use, typed parameters
// and columns.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace mlops::store::sqlite {

enum class Mode { read_only, read_write, create };

class Database;

// A prepared statement on loan from its database; it goes back when the value goes.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // The next parameters, in order.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    (bind_next(values), ...);
    return *this;
  }

  // Goes to the next row; false at the end.
  bool step();
  // For statements without rows: runs to the end and gets ready for new parameters.
  void run();

  // The next column of the row, in order.
  template <typename T>
  T take() {
    return read(next_column_++, static_cast<T*>(nullptr));
  }

 private:
  friend class Database;
  Statement(Database& database, std::vector<sqlite3_stmt*>& home, sqlite3_stmt* handle)
      : database_{&database}, home_{&home}, handle_{handle} {}

  void reset() noexcept;
  void check(int code);

  void bind_next(std::nullopt_t);
  void bind_next(double value);
  void bind_next(std::string_view value);
  void bind_next(const char* value) { bind_next(std::string_view{value}); }
  void bind_next(const std::string& value) { bind_next(std::string_view{value}); }
  void bind_next(const Digest& value);
  void bind_next(const std::vector<std::uint8_t>& blob);
  void bind_next(Timestamp value) { bind_integer(value.milliseconds); }
  void bind_next(const Json& value);
  template <std::integral T>
  void bind_next(T value) {
    bind_integer(static_cast<std::int64_t>(value));
  }
  template <typename T>
  void bind_next(const std::optional<T>& value) {
    if (value) {
      bind_next(*value);
    } else {
      bind_next(std::nullopt);
    }
  }
  void bind_integer(std::int64_t value);

  [[nodiscard]] bool is_null(int column) const;
  std::int64_t read(int column, const std::int64_t*) const;
  std::uint64_t read(int column, const std::uint64_t*) const;
  int read(int column, const int*) const;
  bool read(int column, const bool*) const;
  double read(int column, const double*) const;
  std::string read(int column, const std::string*) const;
  Digest read(int column, const Digest*) const;
  std::vector<std::uint8_t> read(int column, const std::vector<std::uint8_t>*) const;
  Timestamp read(int column, const Timestamp*) const;
  Json read(int column, const Json*) const;  // from JSON text; null for NULL
  template <typename T>
  std::optional<T> read(int column, const std::optional<T>*) const {
    if (is_null(column)) return std::nullopt;
    return read(column, static_cast<const T*>(nullptr));
  }

  Database* database_;
  std::vector<sqlite3_stmt*>* home_;
  sqlite3_stmt* handle_;
  int next_parameter_ = 1;
  int next_column_ = 0;
};

// One connection. SQLite's errors leave it as mlops::Error in words that name the file.
class Database {
 public:
  Database(std::string path, Mode mode, std::int64_t busy_timeout_ms);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql);
  template <typename... Values>
  Statement query(std::string_view sql, const Values&... values) {
    Statement statement = prepare(sql);
    statement.bind(values...);
    return statement;
  }
  template <typename... Values>
  void run(std::string_view sql, const Values&... values) {
    query(sql, values...).run();
  }
  // Several statements without parameters.
  void execute_script(const std::string& sql);

  // False when the file waits to be rolled back after a crash, which a read-only connection may not do.
  bool can_read();
  // A consistent copy in a new file.
  void back_up_to(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] std::int64_t last_id() const;
  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[noreturn]] void fail(int code) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Patience;  // of the busy handler

  void close() noexcept;

  std::string path_;
  sqlite3* handle_ = nullptr;
  std::unique_ptr<Patience> patience_;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, Hash, std::equal_to<>> idle_;
};

// Begins at once, and undoes everything unless committed.
class Transaction {
 public:
  enum class Kind { read, write };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
};

// "3.40.1" as 3040001.
int library_version();
std::string library_version_text();

}  // namespace mlops::store::sqlite
