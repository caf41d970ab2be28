#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/support/error.hpp>

#include "reader.hpp"
#include "sql_text.hpp"

namespace mlops::store::sqlite {

namespace {

// Events by sequence. Clocks may go back, so that the sequence is not in the order of time; but none since a time
// stands before the first of them, which the index of times finds.
SqlText events_matching(const EventQuery& query) {
  SqlText sql{"SELECT canonical FROM event WHERE sequence > "};
  const auto after = static_cast<std::int64_t>(query.after);
  if (query.since) {
    sql +=
        {"max(?, coalesce((SELECT min(+sequence) - 1 FROM event INDEXED BY event_by_time WHERE at >= ?), ?)) AND at >= "
         "?",
         after, query.since->milliseconds, std::numeric_limits<std::int64_t>::max(), query.since->milliseconds};
  } else {
    sql += {"?", after};
  }
  if (query.until) sql += {" AND at <= ?", query.until->milliseconds};
  if (query.model) sql += {" AND model = ?", *query.model};
  if (query.actor) sql += {" AND instr(lower(actor), lower(?)) > 0", *query.actor};
  if (query.kind_prefix) {
    const std::string& kind = *query.kind_prefix;
    if (kind.find('.') != std::string::npos) {
      sql += {" AND kind = ?", kind};
    } else {
      sql += {" AND kind >= ? AND kind < ?", kind + '.', kind + '/'};  // '/' is the character after '.'
    }
  }
  sql += {" ORDER BY sequence LIMIT ?", one_more(query.limit) - 1};
  return sql;
}

}  // namespace

std::vector<domain::Event> Reader::events(const EventQuery& query) {
  std::vector<domain::Event> events;
  auto row = events_matching(query).on(database_);
  while (row.step()) events.push_back(domain::parse_event(row.take<std::string>()));
  return events;
}

void Reader::for_each_event(const std::function<void(const StoredEvent&)>& visit) {
  auto row = database_.query("SELECT sequence, canonical, leaf FROM event ORDER BY sequence");
  while (row.step()) {
    StoredEvent event;
    event.sequence = row.take<std::uint64_t>();
    event.canonical = row.take<std::string>();
    event.leaf = row.take<Digest>();
    visit(event);
  }
}

domain::MerkleFrontier Reader::log_head() {
  auto row = database_.query("SELECT size, hashes FROM log_head");
  if (!row.step())
    throw Error{ErrorKind::integrity, fmt::format("the registry `{}` lost its log head", database_.path())};
  const auto size = row.take<std::uint64_t>();
  const auto bytes = row.take<std::vector<std::uint8_t>>();
  std::vector<Digest> hashes;
  for (std::size_t at = 0; at + Digest::size <= bytes.size(); at += Digest::size) {
    Digest::Bytes hash;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), Digest::size, hash.begin());
    hashes.emplace_back(hash);
  }
  return {size, std::move(hashes)};
}

Digest Reader::log_root() {
  auto row = database_.query("SELECT root FROM log_head");
  if (!row.step())
    throw Error{ErrorKind::integrity, fmt::format("the registry `{}` lost its log head", database_.path())};
  return row.take<Digest>();
}

}  // namespace mlops::store::sqlite
