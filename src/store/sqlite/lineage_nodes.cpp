#include "lineage_nodes.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/trigger.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "reader.hpp"
#include "rows.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::NodeKind;

// With the event of the same moment that tells of each.
std::vector<domain::StageEntry> entries_of(Database& database, std::int64_t version) {
  constexpr std::int64_t most_entries = 20;
  static const std::string sql = fmt::format(
      "SELECT {}, (SELECT sequence FROM event e WHERE e.model = m.name AND e.at = c.at AND "
      "e.kind IN ('stage.promoted', 'stage.rolled_back') AND json_extract(e.canonical, '$.after.id') = c.id) "
      "FROM stage_change c JOIN model m ON m.id = c.model_id WHERE c.version_id = ? ORDER BY c.id DESC LIMIT ?",
      change_columns);
  std::vector<domain::StageEntry> entries;
  auto row = database.query(sql, version, most_entries);
  while (row.step()) {
    domain::StageEntry entry{.change = change_from(row), .event = {}};
    entry.event = row.take<std::optional<std::uint64_t>>();
    entries.push_back(std::move(entry));
  }
  std::ranges::reverse(entries);
  return entries;
}

domain::LineageNode version_node(Database& database, std::int64_t id) {
  auto row = database.query(
      "SELECT (SELECT name FROM model WHERE id = v.model_id) || '@' || v.number, v.digest, v.semver, "
      "EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id) FROM version v WHERE v.id = ?",
      id);
  row.step();
  domain::LineageNode node{.kind = NodeKind::version, .id = row.take<std::string>(), .label = {}};
  node.label = row.take<Digest>().short_text();
  if (const auto semver = row.take<std::optional<std::string>>()) node.label = *semver + ", " + node.label;
  if (row.take<bool>()) node.label += ", deleted";
  node.entered = entries_of(database, id);
  return node;
}

domain::LineageNode dataset_node(Statement row) {
  row.step();
  domain::LineageNode node{.kind = NodeKind::dataset, .id = row.take<std::string>(), .label = {}};
  node.label = bytes_text(row.take<std::uint64_t>());
  if (const auto rows = row.take<std::optional<std::int64_t>>())
    node.label = fmt::format("{} rows, {}", *rows, node.label);
  return node;
}

domain::LineageNode run_node(Statement row, std::int64_t number) {
  row.step();
  domain::LineageNode node{.kind = NodeKind::run, .id = fmt::format("{}", number), .label = row.take<std::string>()};
  if (const auto name = row.take<std::string>(); !name.empty()) node.label = name + ", " + node.label;
  return node;
}

domain::LineageNode stage_node(Statement row) {
  row.step();
  domain::LineageNode node{.kind = NodeKind::stage, .id = row.take<std::string>(), .label = {}};
  node.label = "since " + rfc3339(row.take<Timestamp>());
  return node;
}

domain::LineageNode firing_node(const std::optional<domain::Firing>& firing, std::int64_t id) {
  domain::LineageNode node{.kind = NodeKind::firing, .id = fmt::format("{}", id), .label = {}};
  if (!firing) return node;
  node.label = fmt::format("{}, {}", domain::cause_text(firing->findings), domain::name_of(firing->outcome));
  return node;
}

domain::LineageNode batch_node(const std::optional<domain::Batch>& batch, std::int64_t id) {
  domain::LineageNode node{.kind = NodeKind::batch, .id = fmt::format("{}", id), .label = {}};
  if (!batch) return node;
  node.label = fmt::format("{}, {} rows of {}", batch->source, batch->rows, rfc3339(batch->at));
  const auto share = batch->figures.find("drift.share");
  if (share != batch->figures.end()) node.label += fmt::format(", drift.share {}", figure_text(share->second));
  return node;
}

}  // namespace

domain::LineageNode lineage_node(Database& database, const NodeKey& key) {
  if (key.first == NodeKind::commit) {
    constexpr std::size_t short_length = 12;
    const auto& commit = std::get<std::string>(key.second);
    return {.kind = NodeKind::commit, .id = commit, .label = commit.substr(0, short_length)};
  }
  const auto id = std::get<std::int64_t>(key.second);
  switch (key.first) {
    case NodeKind::dataset:
      return dataset_node(
          database.query("SELECT name || '@' || number, total_bytes, row_count FROM dataset WHERE id = ?", id));
    case NodeKind::run:
      return run_node(database.query("SELECT status, name FROM run WHERE number = ?", id), id);
    case NodeKind::stage:
      return stage_node(
          database.query("SELECT (SELECT name FROM model WHERE id = c.model_id) || '@' || c.stage, c.at FROM "
                         "stage_change c WHERE c.id = ?",
                         id));
    case NodeKind::firing:
      return firing_node(Reader{database}.firing(id), id);
    case NodeKind::batch:
      return batch_node(Reader{database}.batch(id), id);
    default:
      return version_node(database, id);
  }
}

}  // namespace mlops::store::sqlite
