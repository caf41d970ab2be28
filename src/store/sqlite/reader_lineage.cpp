// Lineage: one recursive query walks the graph breadth first, and its rows are folded into nodes and edges.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "reader.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::Direction;
using domain::Lineage;
using domain::NodeKind;

// Each term goes from a node of the walk to its neighbours, up (u: what it was made from) or down (d: what was made
// from it). A walk keeps its direction, since turning round would soon reach the whole registry. Ids are rows, except
// of commits; a stage is its latest change. Nodes with very many neighbours give the newest few.
constexpr std::string_view walk_sql = R"sql(
WITH RECURSIVE walk(way, kind, id, depth, via_kind, via_id, relation) AS (
  SELECT way, ?1, ?2, 0, NULL, NULL, NULL FROM (SELECT 'u' AS way UNION ALL SELECT 'd') WHERE instr(?3, way) > 0
  UNION
  SELECT 'u', 'version', v.parent_id, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN version v ON v.id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4 AND v.parent_id NOT NULL
  UNION
  SELECT 'u', 'run', v.run, w.depth + 1, w.kind, w.id, 'trained by'
    FROM walk w CROSS JOIN version v ON v.id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4 AND v.run NOT NULL
  UNION
  SELECT 'u', 'dataset', x.dataset_id, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN version_data x ON x.version_id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'u', 'commit', v.git_commit, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN version v ON v.id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4 AND v.git_commit NOT NULL
  UNION
  SELECT 'u', 'version', r.parent_id, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN run r ON r.number = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4 AND r.parent_id NOT NULL
  UNION
  SELECT 'u', 'dataset', x.dataset_id, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN run_input x ON x.run = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'u', 'commit', r.git_commit, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN run r ON r.number = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4 AND r.git_commit NOT NULL
  UNION
  SELECT 'u', 'run', r.search, w.depth + 1, w.kind, w.id, 'search'
    FROM walk w CROSS JOIN run r ON r.number = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4 AND r.search NOT NULL
  UNION
  SELECT 'u', 'version', h.version_id, w.depth + 1, w.kind, w.id, 'holds'
    FROM walk w CROSS JOIN stage_holder h ON h.change_id = w.id WHERE w.way = 'u' AND w.kind = 'stage' AND w.depth <= ?4 AND h.version_id NOT NULL
  UNION
  SELECT 'd', 'stage', h.change_id, w.depth + 1, w.kind, w.id, 'holds'
    FROM walk w CROSS JOIN stage_holder h ON h.version_id = w.id WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN version v ON v.id IN (SELECT id FROM version WHERE parent_id = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT number FROM run WHERE parent_id = w.id ORDER BY number DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'search'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT number FROM run WHERE search = w.id ORDER BY number DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'trained by'
    FROM walk w CROSS JOIN version v ON v.id IN (SELECT id FROM version WHERE run = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN version v
      ON v.id IN (SELECT version_id FROM version_data WHERE dataset_id = w.id ORDER BY version_id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'dataset' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT run FROM run_input WHERE dataset_id = w.id ORDER BY run DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'dataset' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN version v ON v.id IN (SELECT id FROM version WHERE git_commit = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'commit' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT number FROM run WHERE git_commit = w.id ORDER BY number DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'commit' AND w.depth <= ?4
  ORDER BY 4
  LIMIT ?6
)
SELECT way, kind, id, depth, via_kind, via_id, relation FROM walk
)sql";

using Id = std::variant<std::int64_t, std::string>;  // a commit's is its text
using Key = std::pair<NodeKind, Id>;

std::string_view word_of(NodeKind kind) { return domain::name_of(kind); }

NodeKind kind_from(const std::string& word) {
  for (const auto kind : {NodeKind::version, NodeKind::dataset, NodeKind::run, NodeKind::commit}) {
    if (word == word_of(kind)) return kind;
  }
  return NodeKind::stage;
}

Key key_from(Statement& row) {
  const NodeKind kind = kind_from(row.take<std::string>());
  if (kind == NodeKind::commit) return {kind, row.take<std::string>()};
  return {kind, row.take<std::int64_t>()};
}

// "churn@7" apart.
struct Named {
  std::string name;
  std::string rest;
};
Named apart(const std::string& id) {
  const auto at = id.rfind('@');
  if (at == std::string::npos) return {id, ""};
  return {id.substr(0, at), id.substr(at + 1)};
}

std::optional<Id> first_id(Statement row) {
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

// The commit that begins with `prefix`, among those that made a version or run.
std::optional<Id> commit_with_prefix(Database& database, const std::string& prefix) {
  const std::string from = lower_ascii(prefix);
  auto row = database.query(
      "SELECT min(id), max(id) FROM ("
      "SELECT min(git_commit) AS id FROM version WHERE git_commit >= ?1 AND git_commit < ?2 UNION ALL "
      "SELECT max(git_commit) FROM version WHERE git_commit >= ?1 AND git_commit < ?2 UNION ALL "
      "SELECT min(git_commit) FROM run WHERE git_commit >= ?1 AND git_commit < ?2 UNION ALL "
      "SELECT max(git_commit) FROM run WHERE git_commit >= ?1 AND git_commit < ?2)",
      from, from + 'g');
  row.step();
  const auto first = row.take<std::optional<std::string>>();
  const auto last = row.take<std::optional<std::string>>();
  if (first && first != last) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` fits several commits, for example {} and {}", printable(prefix), *first, *last),
                {"write more digits of it"}};
  }
  if (!first) return std::nullopt;
  return *first;
}

std::optional<Id> find_start(Database& database, NodeKind kind, const std::string& id) {
  const auto [name, rest] = apart(id);
  switch (kind) {
    case NodeKind::version:
      return first_id(database.query(
          "SELECT v.id FROM version v JOIN model m ON m.id = v.model_id WHERE m.name = ? AND v.number = ?", name,
          parse_integer(rest)));
    case NodeKind::dataset:
      return first_id(
          database.query("SELECT id FROM dataset WHERE name = ? AND number = ?", name, parse_integer(rest)));
    case NodeKind::run:
      return first_id(database.query("SELECT number FROM run WHERE number = ?", parse_integer(id)));
    case NodeKind::stage:
      return first_id(database.query(
          "SELECT h.change_id FROM stage_holder h JOIN model m ON m.id = h.model_id WHERE m.name = ? AND h.stage = ?",
          name, rest));
    case NodeKind::commit:
      return commit_with_prefix(database, id);
  }
  return std::nullopt;
}

domain::LineageNode version_node(Statement row) {
  row.step();
  domain::LineageNode node{.kind = NodeKind::version, .id = row.take<std::string>(), .label = {}};
  node.label = row.take<Digest>().short_text();
  if (const auto semver = row.take<std::optional<std::string>>()) node.label = *semver + ", " + node.label;
  if (row.take<bool>()) node.label += ", deleted";
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

domain::LineageNode node_of(Database& database, const Key& key) {
  if (key.first == NodeKind::commit) {
    constexpr std::size_t short_length = 12;
    const auto& commit = std::get<std::string>(key.second);
    return {NodeKind::commit, commit, commit.substr(0, short_length)};
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
    default:
      return version_node(database.query(
          "SELECT (SELECT name FROM model WHERE id = v.model_id) || '@' || v.number, v.digest, v.semver, "
          "EXISTS (SELECT 1 FROM deletion WHERE version_id = v.id) FROM version v WHERE v.id = ?",
          id));
  }
}

// Nodes in the order of the walk and edges between them; what lies beyond the limits only marks the graph as cut.
class Fold {
 public:
  Fold(Database& database, const LineageQuery& query, const Key& start) : database_{database}, query_{query} {
    admit(start);
  }

  // False when the rest of the walk can add nothing but more ways between nodes far apart.
  bool add(Statement& row) {
    const bool up = row.take<std::string>() == "u";
    const Key key = key_from(row);
    const auto depth = row.take<std::uint64_t>();
    if (depth == 0) return true;
    if (depth > last_depth_) return false;
    const Key via = key_from(row);
    const auto relation = row.take<std::string>();
    if (!index_.contains(via)) return true;
    if (!index_.contains(key)) {
      if (depth > query_.depth || index_.size() >= query_.limit) {
        graph_.truncated = true;
        last_depth_ = std::min(last_depth_, depth + 1);
        return true;
      }
      admit(key);
    }
    const std::size_t here = index_.at(key);
    const std::size_t there = index_.at(via);
    const domain::LineageEdge edge =
        up ? domain::LineageEdge{here, there, relation} : domain::LineageEdge{there, here, relation};
    if (edges_.emplace(edge.from, edge.to, edge.relation).second) graph_.edges.push_back(edge);
    return true;
  }

  Lineage finish(bool truncated) && {
    graph_.truncated = graph_.truncated || truncated;
    return std::move(graph_);
  }

 private:
  void admit(const Key& key) {
    index_.emplace(key, graph_.nodes.size());
    graph_.nodes.push_back(node_of(database_, key));
  }

  Database& database_;
  const LineageQuery& query_;
  Lineage graph_;
  std::uint64_t last_depth_ = std::numeric_limits<std::uint64_t>::max();
  std::map<Key, std::size_t> index_;
  std::set<std::tuple<std::size_t, std::size_t, std::string>> edges_;
};

}  // namespace

Lineage Reader::lineage(const LineageQuery& query) {
  const auto start = find_start(database_, query.kind, query.id);
  if (!start || query.limit == 0) return {};

  // A node met on several ways or at several depths has several rows.
  constexpr std::int64_t rows_per_node = 8;
  const std::int64_t fan = one_more(query.limit);
  const std::int64_t most_rows = fan * rows_per_node;
  const std::string_view ways = query.direction == Direction::up     ? "u"
                                : query.direction == Direction::down ? "d"
                                                                     : "ud";
  auto row = database_.prepare(walk_sql);
  row.bind(word_of(query.kind));
  std::visit([&](const auto& id) { row.bind(id); }, *start);
  row.bind(ways, one_more(query.depth) - 1, fan, most_rows);

  Fold fold{database_, query, {query.kind, *start}};
  std::int64_t rows = 0;
  while (row.step() && fold.add(row)) ++rows;
  return std::move(fold).finish(rows >= most_rows);
}

}  // namespace mlops::store::sqlite
