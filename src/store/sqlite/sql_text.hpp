// SQL that is put together at run time, with the values that belong to its question marks. Text from outside is only
// ever a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "db.hpp"

namespace mlops::store::sqlite {

class SqlText {
 public:
  using Value = std::variant<std::int64_t, double, std::string>;

  SqlText() = default;
  explicit SqlText(std::string_view sql) : sql_{sql} {}
  template <typename... Values>
  SqlText(std::string_view sql, Values&&... values) : sql_{sql} {
    (values_.emplace_back(std::forward<Values>(values)), ...);
  }

  SqlText& operator+=(const SqlText& other) {
    sql_ += other.sql_;
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    return *this;
  }

  [[nodiscard]] Statement on(Database& database) const {
    Statement statement = database.prepare(sql_);
    for (const Value& value : values_) {
      std::visit([&](const auto& plain) { statement.bind(plain); }, value);
    }
    return statement;
  }

 private:
  std::string sql_;
  std::vector<Value> values_;
};

}  // namespace mlops::store::sqlite
