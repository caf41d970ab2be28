// The graph that ties datasets, commits, runs, versions and stages together, and what production told of a version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/records.hpp>

namespace mlops::domain {

enum class NodeKind { version, dataset, run, commit, stage, firing, batch };
std::string_view name_of(NodeKind kind);

// That a version was let into a stage, or came back to it.
struct StageEntry {
  StageChange change;
  std::optional<std::uint64_t> event;  // the number of the event that tells of it
  friend bool operator==(const StageEntry&, const StageEntry&) = default;
};

struct LineageNode {
  NodeKind kind = NodeKind::version;
  std::string id;     // "churn@7", "train@3", "12", a full commit id, "churn@production"; of firings and batches "3"
  std::string label;  // a few words for people: "accuracy 0.95, 3 days ago"
  std::vector<StageEntry> entered = {};  // of a version: the latest, in the order in which they came
  friend bool operator==(const LineageNode&, const LineageNode&) = default;
};

// `to` was made from, or let in because of, `from`.
struct LineageEdge {
  std::size_t from = 0;  // indexes into nodes
  std::size_t to = 0;
  std::string relation;  // "parent", "trained by", "input", "code", "holds", "cause", "evidence", "recorded for", …
  friend bool operator==(const LineageEdge&, const LineageEdge&) = default;
};

struct Lineage {
  std::vector<LineageNode> nodes;  // nodes[0] is where the walk began
  std::vector<LineageEdge> edges;
  bool truncated = false;  // the depth or the limit cut it
};

enum class Direction { up, down, both };  // up: what it was made from; down: what was made from it

}  // namespace mlops::domain
