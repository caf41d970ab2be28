#include <fmt/format.h>

#include "filter_sql.hpp"
#include "reader.hpp"
#include "rows.hpp"
#include "version_order.hpp"

namespace mlops::store::sqlite {

namespace {

std::string_view direction_of(bool descending) { return descending ? "DESC" : "ASC"; }

SqlText::Value sort_value_from(Statement& row) {
  const auto type = row.take<std::string>();
  if (type == "integer") return row.take<std::int64_t>();
  if (type == "real") return row.take<double>();
  return row.take<std::string>();
}

// The sort value and its type, then the version's columns.
SqlText select_of(std::string_view value) {
  return SqlText{fmt::format("SELECT typeof({0}), {0}, {1}", value, version_columns)};
}

SqlText rows_with_value(const VersionOrder& order, const SqlText& condition, const std::optional<Cursor>& after,
                        std::int64_t limit) {
  const auto direction = direction_of(order.descending);
  SqlText sql = select_of(order.value);
  sql += order.with_value;
  if (after) {
    sql += {fmt::format(" AND ({}, {}) {} (?, ?)", order.value, order.id, order.descending ? "<" : ">"), *after->value,
            after->id};
  }
  sql += SqlText{" AND "};
  sql += condition;
  sql += {fmt::format(" ORDER BY {} {}, {} {} LIMIT ?", order.value, direction, order.id, direction), limit};
  return sql;
}

SqlText rows_without_value(const VersionOrder& order, const SqlText& condition, std::optional<std::int64_t> after,
                           std::int64_t limit) {
  SqlText sql = select_of("NULL");
  sql += *order.without_value;
  if (after) sql += {fmt::format(" AND v.id {} ?", order.descending ? "<" : ">"), *after};
  sql += SqlText{" AND "};
  sql += condition;
  sql += {fmt::format(" ORDER BY v.id {} LIMIT ?", direction_of(order.descending)), limit};
  return sql;
}

// The smallest of the candidates, if it is small enough that sorting it is less work than walking an index.
std::optional<SqlText> few_of(Database& database, const std::vector<SqlText>& candidates) {
  constexpr std::int64_t most = 2000;
  std::optional<SqlText> few;
  std::int64_t fewest = most;
  for (const SqlText& ids : candidates) {
    SqlText count{"SELECT count(*) FROM ("};
    count += ids;
    count += {" LIMIT ?)", fewest};
    auto row = count.on(database);
    row.step();
    if (const auto found = row.take<std::int64_t>(); found < fewest) {
      fewest = found;
      few = ids;
    }
  }
  return few;
}

}  // namespace

Page<VersionSummary> Reader::versions(const VersionQuery& query) {
  Page<VersionSummary> page;
  std::optional<std::int64_t> model;
  if (!query.model.empty()) {
    model = model_id(query.model);
    if (!model) return page;
  }
  const VersionScope scope{.model = model, .few = few_of(database_, candidates_of(query.filter, model))};
  const VersionOrder order = order_of(query, scope);
  SqlText condition = condition_of(query.filter, query.now, model);
  if (!query.with_deleted) {
    condition += SqlText{" AND NOT EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id)"};
  }
  const auto after = query.after ? std::optional{Cursor::parse(*query.after)} : std::nullopt;
  if (query.limit == 0) return page;

  Cursor last;
  const auto add_rows = [&](const SqlText& sql, bool have_value) {
    auto row = sql.on(database_);
    while (row.step()) {
      if (page.items.size() == query.limit) {
        page.next = last.text();
        return;
      }
      last.value.reset();
      if (have_value) {
        last.value = sort_value_from(row);
      } else {
        row.take<std::string>();
        row.take<std::string>();
      }
      auto [id, summary] = summary_from(row);
      last.id = id;
      page.items.push_back(std::move(summary));
    }
  };

  if (!after || after->value) add_rows(rows_with_value(order, condition, after, one_more(query.limit)), true);
  if (order.without_value && !page.next) {
    const auto from = after && !after->value ? std::optional{after->id} : std::nullopt;
    add_rows(rows_without_value(order, condition, from, one_more(query.limit)), false);
  }
  return page;
}

}  // namespace mlops::store::sqlite
