#include <fmt/format.h>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

namespace {

constexpr std::string_view firing_columns =
    "f.id, m.name, v.number, f.findings, f.last_batch, f.data, f.at, f.actor, f.owner, f.taken_up, f.outcome, f.run, "
    "(SELECT number FROM version WHERE id = f.made_id), f.reason, f.ended_at";
constexpr std::string_view firing_tables =
    "firing f JOIN model m ON m.id = f.model_id JOIN version v ON v.id = f.version_id";

domain::Firing firing_from(Statement& row) {
  domain::Firing firing;
  firing.id = row.take<std::int64_t>();
  firing.model = row.take<std::string>();
  firing.version = {firing.model, row.take<std::int64_t>()};
  firing.findings = domain::findings_from_json(row.take<Json>());
  firing.last_batch = row.take<std::int64_t>();
  const Json data = row.take<Json>();
  for (const auto& [role, digest] : data.as_object()) firing.data.emplace(role, digest.as_string());
  firing.at = row.take<Timestamp>();
  firing.by = row.take<std::string>();
  firing.owner = row.take<std::string>();
  firing.taken_up = row.take<std::int64_t>();
  firing.outcome = domain::parse_firing_outcome(row.take<std::string>());
  firing.run = row.take<std::optional<std::int64_t>>();
  if (const auto made = row.take<std::optional<std::int64_t>>()) firing.made = domain::VersionId{firing.model, *made};
  firing.reason = row.take<std::string>();
  firing.ended_at = row.take<std::optional<Timestamp>>();
  return firing;
}

}  // namespace

std::optional<domain::Firing> Reader::firing(std::int64_t id) {
  static const std::string sql = fmt::format("SELECT {} FROM {} WHERE f.id = ?", firing_columns, firing_tables);
  auto row = database_.query(sql, id);
  if (!row.step()) return std::nullopt;
  return firing_from(row);
}

std::vector<domain::Firing> Reader::firings(std::string_view model, std::size_t limit) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM {} WHERE f.model_id = (SELECT id FROM model WHERE name = ?) ORDER BY f.id DESC LIMIT ?",
      firing_columns, firing_tables);
  std::vector<domain::Firing> firings;
  auto row = database_.query(sql, model, one_more(limit) - 1);
  while (row.step()) firings.push_back(firing_from(row));
  return firings;
}

void for_each_firing(Database& database, const std::function<void(const domain::Firing&)>& visit) {
  auto row = database.query(fmt::format("SELECT {} FROM {} ORDER BY f.id", firing_columns, firing_tables));
  while (row.step()) visit(firing_from(row));
}

}  // namespace mlops::store::sqlite
