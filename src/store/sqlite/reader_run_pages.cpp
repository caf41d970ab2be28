// Pages of runs, filtered and sorted.
#include <array>
#include <optional>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "filter_parts.hpp"
#include "reader.hpp"
#include "rows.hpp"
#include "version_order.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::Comparison;
using domain::Field;
using domain::Filter;
using domain::FilterTerm;

SqlText run_age(const FilterTerm& term, Timestamp now) {
  constexpr double milliseconds_per_day = 86'400'000.0;
  return {fmt::format("((? - r.started_at) / {:.1f} {} ?)", milliseconds_per_day, operator_of(term.comparison)),
          now.milliseconds, number_of(term, "age")};
}

SqlText run_condition(const FilterTerm& term, Timestamp now) {
  switch (term.field) {
    case Field::metric:
      return metric_condition(term, "run_metric", "run = r.number");
    case Field::param:
      return param_condition(term, "run_param", "run = r.number");
    case Field::status:
      return word(term, "r.status", "status");
    case Field::model:
      return word(term, "r.model", "model");
    case Field::name:
      return part_of(term, "r.name", "name");
    case Field::search:
      return number_column(term, "r.search", "search");
    case Field::number:
      return number_column(term, "r.number", "run");
    case Field::commit:
      return commit_condition(term, "r");
    case Field::branch:
      return branch_condition(term, "r");
    case Field::author:
      return part_of(term, "r.started_by", "author");
    case Field::host:
      return word(term, "r.host", "host");
    case Field::age_days:
      return run_age(term, now);
    case Field::dirty:
      return yes_or_no(term, "coalesce(r.git_dirty, 0)", "dirty");
    default:
      return SqlText{"0"};  // a field of versions, which the parser refuses
  }
}

// Numbers of runs by an index, all that the term can let through; nullopt where none helps.
std::optional<SqlText> run_candidates(const FilterTerm& term) {
  if (term.field == Field::metric && term.comparison != Comparison::not_equal) {
    return SqlText{
        fmt::format("SELECT run FROM run_metric WHERE name = ? AND value {} ?", operator_of(term.comparison)), term.key,
        number_of(term, term.key)};
  }
  if (term.comparison != Comparison::equal) return std::nullopt;
  switch (term.field) {
    case Field::param:
      if (const auto* number = std::get_if<double>(&term.value))
        return SqlText{"SELECT run FROM run_param WHERE name = ? AND value = ?", term.key, *number};
      return SqlText{"SELECT run FROM run_param WHERE name = ? AND value = ?", term.key, text_of(term)};
    case Field::search:
      return SqlText{"SELECT number AS run FROM run WHERE search = ?", number_of(term, "search")};
    case Field::status:
      return SqlText{"SELECT number AS run FROM run WHERE status = ?", lower_ascii(text_of(term))};
    case Field::model:
      return SqlText{"SELECT number AS run FROM run WHERE model = ?", text_of(term)};
    case Field::commit: {
      const std::string prefix = lower_ascii(text_of(term));
      return SqlText{"SELECT number AS run FROM run WHERE git_commit >= ? AND git_commit < ?", prefix, prefix + 'g'};
    }
    default:
      return std::nullopt;
  }
}

void gather_candidates(const Filter& filter, std::vector<SqlText>& found) {
  if (filter.kind == Filter::Kind::term) {
    if (auto numbers = run_candidates(filter.term)) found.push_back(*std::move(numbers));
  } else if (filter.kind == Filter::Kind::all_of) {
    for (const Filter& part : filter.parts) gather_candidates(part, found);
  }
}

struct RunOrder {
  std::string value;                 // the expression that sorts
  std::optional<std::string> table;  // of metrics or params
  std::string name;
};

RunOrder run_order(const std::string& sort) {
  static const std::array<std::string, 3> words{"number", "age", "duration"};
  if (sort == "number") return {"r.number", std::nullopt, {}};
  if (sort == "age") return {"-r.started_at", std::nullopt, {}};
  if (sort == "duration") return {"(r.ended_at - r.started_at)", std::nullopt, {}};
  if (sort.starts_with("metrics.")) return {"s.value", "run_metric", sort.substr(8)};
  if (sort.starts_with("params.")) return {"s.value", "run_param", sort.substr(7)};
  std::vector<std::string> hints;
  if (const auto near = near_miss(sort, words)) hints.push_back(fmt::format("did you mean '{}'?", *near));
  hints.emplace_back("sort by number, age, duration, metrics.NAME or params.NAME");
  throw Error{ErrorKind::usage, fmt::format("can't sort runs by `{}`", printable(sort)), std::move(hints)};
}

// FROM and the conditions, of the rows with a value or of those without.
SqlText rows_of(const RunOrder& order, const std::optional<SqlText>& few, bool with_value) {
  SqlText sql{" FROM "};
  if (few) {
    sql += SqlText{"(SELECT DISTINCT run FROM ("};
    sql += *few;
    sql += SqlText{")) few CROSS JOIN run r ON r.number = few.run"};
  }
  if (order.table && with_value) {
    if (few) {
      sql += SqlText{fmt::format(" CROSS JOIN {} s ON s.run = r.number", *order.table)};
    } else {
      sql += SqlText{fmt::format("{} s CROSS JOIN run r ON r.number = s.run", *order.table)};
    }
    sql += {" WHERE s.name = ? AND s.value IS NOT NULL", order.name};
    return sql;
  }
  if (!few) sql += SqlText{"run r"};
  if (with_value) {
    sql += SqlText{fmt::format(" WHERE {} IS NOT NULL", order.value)};
  } else if (order.table) {
    sql +=
        {fmt::format(" WHERE NOT EXISTS (SELECT 1 FROM {} s WHERE s.run = r.number AND s.name = ? AND s.value IS NOT "
                     "NULL)",
                     *order.table),
         order.name};
  } else {
    sql += SqlText{fmt::format(" WHERE {} IS NULL", order.value)};
  }
  return sql;
}

SqlText::Value run_sort_value(Statement& row) {
  const auto type = row.take<std::string>();
  if (type == "integer") return row.take<std::int64_t>();
  if (type == "real") return row.take<double>();
  return row.take<std::string>();
}

// The smallest of the candidates, if sorting it is less work than walking an index.
std::optional<SqlText> few_runs(Database& database, const Filter& filter) {
  std::vector<SqlText> candidates;
  gather_candidates(filter, candidates);
  constexpr std::int64_t most = 2000;
  std::optional<SqlText> few;
  std::int64_t fewest = most;
  for (const SqlText& numbers : candidates) {
    SqlText count{"SELECT count(*) FROM ("};
    count += numbers;
    count += {" LIMIT ?)", fewest};
    auto row = count.on(database);
    row.step();
    if (const auto found = row.take<std::int64_t>(); found < fewest) {
      fewest = found;
      few = numbers;
    }
  }
  return few;
}

// What one page is asked for.
struct RunPage {
  const RunQuery& query;
  RunOrder order;
  std::optional<SqlText> few;
  SqlText condition;
  std::optional<Cursor> after;
};

RunPage page_of(Database& database, const RunQuery& query) {
  RunPage page{query, run_order(query.sort), few_runs(database, query.filter), {}, std::nullopt};
  page.condition = condition_of(query.filter, [&](const FilterTerm& term) { return run_condition(term, query.now); });
  if (query.model) page.condition += {" AND r.model = ?", *query.model};
  if (query.after) page.after = Cursor::parse(*query.after);
  return page;
}

bool sorts_by_number(const RunOrder& order) { return order.value == "r.number"; }

// Rows with a value and rows without are asked for apart, since each has its own index.
SqlText page_sql(const RunPage& page, bool with_value) {
  const std::string direction = page.query.descending ? "DESC" : "ASC";
  const std::string past = page.query.descending ? "<" : ">";
  const std::string number = page.order.table && with_value ? "s.run" : "r.number";
  SqlText sql{with_value ? fmt::format("SELECT typeof({0}), {0}, {1}", page.order.value, run_columns)
                         : fmt::format("SELECT 'null', NULL, {}", run_columns)};
  sql += rows_of(page.order, page.few, with_value);
  if (page.after && with_value) {
    sql += {fmt::format(" AND ({}, {}) {} (?, ?)", page.order.value, number, past), *page.after->value, page.after->id};
  } else if (page.after && !page.after->value) {
    sql += {fmt::format(" AND {} {} ?", number, past), page.after->id};
  }
  sql += SqlText{" AND "};
  sql += page.condition;
  const bool by_value = with_value && !sorts_by_number(page.order);
  const std::string by = by_value ? fmt::format("{} {}, ", page.order.value, direction) : std::string{};
  sql += {fmt::format(" ORDER BY {}{} {} LIMIT ?", by, number, direction), one_more(page.query.limit)};
  return sql;
}

}  // namespace

Page<domain::Run> Reader::find_runs(const RunQuery& query) {
  const RunPage wanted = page_of(database_, query);
  Page<domain::Run> page;
  if (query.limit == 0) return page;
  Cursor last;
  const auto add_rows = [&](bool with_value) {
    auto row = page_sql(wanted, with_value).on(database_);
    while (row.step()) {
      if (page.items.size() == query.limit) {
        page.next = last.text();
        return;
      }
      last.value.reset();
      if (with_value) {
        last.value = run_sort_value(row);
      } else {
        row.take<std::string>();
        row.take<std::optional<std::int64_t>>();
      }
      page.items.push_back(run_from(database_, row));
      last.id = page.items.back().number;
    }
  };
  if (!wanted.after || wanted.after->value) add_rows(true);
  if (!page.next && !sorts_by_number(wanted.order)) add_rows(false);
  return page;
}

}  // namespace mlops::store::sqlite
