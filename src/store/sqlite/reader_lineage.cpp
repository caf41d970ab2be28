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

#include "lineage_nodes.hpp"
#include "lineage_walk.hpp"
#include "reader.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::Direction;
using domain::Lineage;
using domain::NodeKind;

std::string_view word_of(NodeKind kind) { return domain::name_of(kind); }

NodeKind kind_from(const std::string& word) {
  for (const auto kind :
       {NodeKind::version, NodeKind::dataset, NodeKind::run, NodeKind::commit, NodeKind::firing, NodeKind::batch}) {
    if (word == word_of(kind)) return kind;
  }
  return NodeKind::stage;
}

NodeKey key_from(Statement& row) {
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

std::optional<NodeId> first_id(Statement row) {
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

// The commit that begins with `prefix`, among those that made a version or run.
std::optional<NodeId> commit_with_prefix(Database& database, const std::string& prefix) {
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

std::optional<NodeId> find_start(Database& database, NodeKind kind, const std::string& id) {
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
    case NodeKind::firing:
    case NodeKind::batch:
      break;  // a walk passes them, and begins at what they are about
  }
  return std::nullopt;
}

// Nodes in the order of the walk and edges between them; what lies beyond the limits only marks the graph as cut.
class Fold {
 public:
  Fold(Database& database, const LineageQuery& query, const NodeKey& start) : database_{database}, query_{query} {
    admit(start);
  }

  // False when the rest of the walk can add nothing but more ways between nodes far apart.
  bool add(Statement& row) {
    const bool up = row.take<std::string>() == "u";
    const NodeKey key = key_from(row);
    const auto depth = row.take<std::uint64_t>();
    if (depth == 0) return true;
    if (depth > last_depth_) return false;
    const NodeKey via = key_from(row);
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
  void admit(const NodeKey& key) {
    index_.emplace(key, graph_.nodes.size());
    graph_.nodes.push_back(lineage_node(database_, key));
  }

  Database& database_;
  const LineageQuery& query_;
  Lineage graph_;
  std::uint64_t last_depth_ = std::numeric_limits<std::uint64_t>::max();
  std::map<NodeKey, std::size_t> index_;
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
  auto row = database_.prepare(lineage_walk_sql);
  row.bind(word_of(query.kind));
  std::visit([&](const auto& id) { row.bind(id); }, *start);
  row.bind(ways, one_more(query.depth) - 1, fan, most_rows);

  Fold fold{database_, query, {query.kind, *start}};
  std::int64_t rows = 0;
  while (row.step() && fold.add(row)) ++rows;
  return std::move(fold).finish(rows >= most_rows);
}

}  // namespace mlops::store::sqlite
