#include <fmt/format.h>

#include "reader.hpp"
#include "sql_text.hpp"

namespace mlops::store::sqlite {

namespace {

constexpr std::string_view delivery_columns =
    "id, hook, sequence, event, state, attempts, answer, error, since, next_try, tried_at, claimed_by";

domain::HookDelivery delivery_from(Statement& row) {
  domain::HookDelivery delivery;
  delivery.id = row.take<std::int64_t>();
  delivery.hook = row.take<std::string>();
  delivery.sequence = row.take<std::uint64_t>();
  const auto event = row.take<std::string>();
  const auto known = domain::parse_hook_event(event);
  if (!known) throw Error{ErrorKind::integrity, fmt::format("`{}` is not an event of hooks", event)};
  delivery.event = *known;
  delivery.state = domain::parse_delivery_state(row.take<std::string>());
  delivery.attempts = row.take<std::int64_t>();
  delivery.answer = row.take<std::optional<int>>();
  delivery.error = row.take<std::string>();
  delivery.since = row.take<Timestamp>();
  delivery.next_try = row.take<std::optional<Timestamp>>();
  delivery.tried_at = row.take<std::optional<Timestamp>>();
  delivery.claimed_by = row.take<std::string>();
  return delivery;
}

}  // namespace

std::optional<domain::HookDelivery> Reader::hook_delivery(std::int64_t id) {
  static const std::string sql = fmt::format("SELECT {} FROM hook_delivery WHERE id = ?", delivery_columns);
  auto row = database_.query(sql, id);
  if (!row.step()) return std::nullopt;
  return delivery_from(row);
}

std::vector<domain::HookDelivery> Reader::hook_deliveries(const DeliveryQuery& query) {
  SqlText sql{fmt::format("SELECT {} FROM hook_delivery WHERE 1", delivery_columns)};
  // As text and not as a parameter, so that the index of those in this state can be used.
  if (query.state) sql += SqlText{fmt::format(" AND state = '{}'", name_of(*query.state))};
  if (query.hook) sql += {" AND hook = ?", *query.hook};
  if (query.untried) sql += SqlText{" AND attempts = 0"};
  sql += {query.newest_first ? " ORDER BY id DESC LIMIT ?" : " ORDER BY id LIMIT ?", one_more(query.limit) - 1};
  std::vector<domain::HookDelivery> deliveries;
  auto row = sql.on(database_);
  while (row.step()) deliveries.push_back(delivery_from(row));
  return deliveries;
}

}  // namespace mlops::store::sqlite
