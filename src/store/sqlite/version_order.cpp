#include "version_order.hpp"

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "reader.hpp"

namespace mlops::store::sqlite {

namespace {

Json json_of(const std::optional<SqlText::Value>& value) {
  if (!value) return {};
  return std::visit([](const auto& plain) { return Json{plain}; }, *value);
}

std::optional<SqlText::Value> value_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (json.is_integer()) return json.as_integer();
  if (json.is_number()) return json.as_double();
  return json.as_string();
}

// FROM the few versions that are known to be enough, or FROM all.
SqlText from_versions(const VersionScope& scope) {
  if (!scope.few) return SqlText{" FROM version v"};
  SqlText sql{" FROM (SELECT DISTINCT version_id FROM ("};
  sql += *scope.few;
  sql += SqlText{")) few CROSS JOIN version v ON v.id = few.version_id"};
  return sql;
}

SqlText versions_where(const VersionScope& scope, const SqlText& condition) {
  SqlText sql = from_versions(scope);
  sql += SqlText{" WHERE "};
  if (scope.model) sql += SqlText{"v.model_id = ? AND ", *scope.model};
  sql += condition;
  return sql;
}

// A column of the version itself.
VersionOrder by_column(const VersionScope& scope, std::string_view column, bool descending) {
  VersionOrder order;
  order.with_value = versions_where(scope, SqlText{fmt::format("{} IS NOT NULL", column)});
  order.value = column;
  order.id = "v.id";
  order.descending = descending;
  return order;
}

// A value that stands in a table of its own: the walk goes along that table's index, and the versions are looked up; or
// the other way round for few versions.
VersionOrder by_table(const VersionScope& scope, std::string_view table, const std::string& name, bool descending) {
  VersionOrder order;
  if (scope.few) {
    order.with_value = from_versions(scope);
    order.with_value += SqlText{fmt::format(" CROSS JOIN {} s ON s.version_id = v.id", table)};
  } else {
    order.with_value = SqlText{fmt::format(" FROM {} s CROSS JOIN version v ON v.id = s.version_id", table)};
  }
  order.with_value += {" WHERE s.value IS NOT NULL AND s.name = ?", name};
  if (scope.model) order.with_value += SqlText{" AND s.model_id = ?", *scope.model};
  order.without_value = versions_where(
      scope,
      {fmt::format("NOT EXISTS (SELECT 1 FROM {} s WHERE s.version_id = v.id AND s.name = ? AND s.value IS NOT NULL)",
                   table),
       name});
  order.value = "s.value";
  order.id = "s.version_id";
  order.descending = descending;
  return order;
}

[[noreturn]] void refuse_order(const std::string& sort) {
  static const std::array<std::string, 4> words{"number", "age", "size", "semver"};
  std::vector<std::string> hints;
  if (const auto near = near_miss(sort, words)) hints.push_back(fmt::format("did you mean '{}'?", *near));
  hints.emplace_back("sort by number, age, size, semver, metrics.NAME or params.NAME");
  throw Error{ErrorKind::usage, fmt::format("can't sort versions by `{}`", printable(sort)), std::move(hints)};
}

}  // namespace

std::string Cursor::text() const { return to_line(Json::array({json_of(value), Json{id}})); }

Cursor Cursor::parse(const std::string& text) {
  try {
    const Json json = parse_json(text, "cursor");
    const auto& parts = json.as_array();
    if (parts.size() == 2) return {value_of(parts[0]), parts[1].as_integer()};
  } catch (const Error&) {
    refuse_cursor(text);
  }
  refuse_cursor(text);
}

VersionOrder order_of(const VersionQuery& query, const VersionScope& scope) {
  const std::string& sort = query.sort;
  // Ids are given in the order of registration, so that across models they order versions by time.
  if (sort == "number") return by_column(scope, scope.model ? "v.number" : "v.id", query.descending);
  if (sort == "age") return by_column(scope, "v.registered_at", !query.descending);
  if (sort == "size") return by_column(scope, "v.total_bytes", query.descending);
  if (sort == "semver") {
    VersionOrder order = by_column(scope, "v.semver_key", query.descending);
    order.without_value = versions_where(scope, SqlText{"v.semver_key IS NULL"});
    return order;
  }
  if (sort.starts_with("metrics.")) return by_table(scope, "metric", sort.substr(8), query.descending);
  if (sort.starts_with("params.")) return by_table(scope, "param", sort.substr(7), query.descending);
  refuse_order(sort);
}

}  // namespace mlops::store::sqlite
