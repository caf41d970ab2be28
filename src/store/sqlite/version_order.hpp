// How a list of versions is sorted, and where its next page begins.
#pragma once

#include <optional>
#include <string>

#include <mlops/store/store.hpp>

#include "sql_text.hpp"

namespace mlops::store::sqlite {

// The place after one row of an ordered list: its value and the id of its version, which orders rows of equal value.
// Versions without the value (no such metric, no SemVer) come last, in the order of their ids.
struct Cursor {
  std::optional<SqlText::Value> value;
  std::int64_t id = 0;

  [[nodiscard]] std::string text() const;
  static Cursor parse(const std::string& text);
};

// What the list is sorted by. Error{usage} for a word it does not know.
struct VersionOrder {
  // FROM and the conditions that pick the rows with a value, in the way that the index wants it.
  SqlText with_value;
  // The same for the rows without; nullopt where every version has the value.
  std::optional<SqlText> without_value;
  std::string value;  // the expression
  std::string id;     // the column with the version's id that the index sorts by
  bool descending = true;
};

// Which versions are looked at: of one model or of all, and only `few` (a query of version ids) where these are known
// to be enough.
struct VersionScope {
  std::optional<std::int64_t> model;
  std::optional<SqlText> few;
};

VersionOrder order_of(const VersionQuery& query, const VersionScope& scope);

}  // namespace mlops::store::sqlite
