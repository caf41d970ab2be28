// The graph that ties datasets, commits, runs, versions and stages together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::domain {

enum class NodeKind { version, dataset, run, commit, stage };
std::string_view name_of(NodeKind kind);

struct LineageNode {
  NodeKind kind = NodeKind::version;
  std::string id;     // "churn@7", "train@3", "12", a full commit id, "churn@production"
  std::string label;  // a few words for people: "accuracy 0.95, 3 days ago"
  friend bool operator==(const LineageNode&, const LineageNode&) = default;
};

// `to` was made from, or let in because of, `from`.
struct LineageEdge {
  std::size_t from = 0;  // indexes into nodes
  std::size_t to = 0;
  std::string relation;  // "parent", "trained by", "input", "code", "holds"
  friend bool operator==(const LineageEdge&, const LineageEdge&) = default;
};

struct Lineage {
  std::vector<LineageNode> nodes;  // nodes[0] is where the walk began
  std::vector<LineageEdge> edges;
  bool truncated = false;  // the depth or the limit cut it
};

enum class Direction { up, down, both };  // up: what it was made from; down: what was made from it

}  // namespace mlops::domain
