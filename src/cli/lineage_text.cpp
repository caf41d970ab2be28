#include "lineage_text.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

namespace mlops::cli {

namespace {

std::string title(const domain::LineageNode& node) {
  switch (node.kind) {
    case domain::NodeKind::run:
      return "run " + node.id;
    case domain::NodeKind::commit:
      return "commit " + node.id.substr(0, 7);
    case domain::NodeKind::dataset:
      return "dataset " + printable(node.id);
    case domain::NodeKind::stage:
      return "stage " + printable(node.id);
    case domain::NodeKind::firing:
      return "firing " + node.id;
    case domain::NodeKind::batch:
      return "batch " + node.id;
    case domain::NodeKind::version:
      return printable(node.id);
  }
  return printable(node.id);
}

// An edge names what its source is to its target; going down, it is read the other way round.
std::string downwards(const std::string& relation) {
  if (relation == "trained by") return "made";
  if (relation == "holds") return relation;
  if (relation == "recorded for") return "production data";
  if (relation == "watched") return "watched by";
  return relation + " of";
}

// "2026-11-01T09:00:00Z by Ada <ada@example.org>, event 12"
std::string moment(const domain::StageEntry& entry) {
  const bool came_back = entry.change.kind == domain::ChangeKind::rollback;
  return fmt::format("{} by {}{}{}", rfc3339(entry.change.at), printable(entry.change.by),
                     entry.event ? fmt::format(", event {}", *entry.event) : "", came_back ? ", rolled back" : "");
}

// What is told below a node: the stages that it was let into, and its neighbours.
struct Branch {
  std::string relation;
  std::string title;
  std::string note;
  std::optional<std::size_t> node = {};
};

class Tree {
 public:
  Tree(const domain::Lineage& graph, const Style& style, bool upwards)
      : graph_{graph}, style_{style}, upwards_{upwards} {}

  std::string below(std::size_t start) {
    drawn_ = {start};
    std::string out;
    draw(neighbours(start), "", out);
    return out;
  }

 private:
  Branch branch_to(std::size_t node, std::string relation) const {
    return {std::move(relation), title(graph_.nodes[node]), printable(graph_.nodes[node].label), node};
  }

  std::vector<Branch> neighbours(std::size_t node) const {
    std::vector<Branch> branches;
    for (const auto& edge : graph_.edges) {
      if (upwards_ && edge.to == node) branches.push_back(branch_to(edge.from, edge.relation));
      if (!upwards_ && edge.from == node) branches.push_back(branch_to(edge.to, downwards(edge.relation)));
    }
    return branches;
  }

  std::vector<Branch> branches_below(std::size_t node) const {
    std::vector<Branch> branches;
    for (const auto& entry : graph_.nodes[node].entered) {
      branches.push_back({"let into", printable(entry.change.stage), moment(entry)});
    }
    std::ranges::move(neighbours(node), std::back_inserter(branches));
    return branches;
  }

  // The depth of the walk is bounded by the query that made the graph.
  void draw(const std::vector<Branch>& branches, const std::string& indent, std::string& out) {
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const Branch& branch = branches[i];
      const bool last = i + 1 == branches.size();
      const bool again = branch.node && !drawn_.insert(*branch.node).second;
      const std::string note = again ? "(above)" : branch.note;
      out += fmt::format("{}{} {} {}{}\n", indent, last ? "└─" : "├─", style_.faint(branch.relation + ":"),
                         style_.bold(branch.title), note.empty() ? "" : "  " + style_.faint(note));
      if (branch.node && !again) draw(branches_below(*branch.node), indent + (last ? "   " : "│  "), out);
    }
  }

  const domain::Lineage& graph_;
  const Style& style_;
  bool upwards_;
  std::set<std::size_t> drawn_;
};

Json entries_json(const domain::LineageNode& node) {
  Json entries = Json::array();
  for (const auto& entry : node.entered) {
    Json json = domain::to_json(entry.change);
    json.set("event", entry.event);
    entries.push_back(std::move(json));
  }
  return entries;
}

// Text inside double quotes of DOT or Mermaid.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '"') {
      out += "'";
    } else if (c == '\\') {
      out += "/";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string lineage_tree(const domain::Lineage& graph, domain::Direction direction, const Style& style) {
  const domain::LineageNode& start = graph.nodes.front();
  std::string out = fmt::format("{}{}\n", style.bold(title(start)),
                                start.label.empty() ? "" : "  " + style.faint(printable(start.label)));
  for (const auto& entry : start.entered) {
    out += fmt::format("let into {}  {}\n", style.bold(printable(entry.change.stage)), style.faint(moment(entry)));
  }
  const auto section = [&](bool upwards, std::string_view heading) {
    const std::string text = Tree{graph, style, upwards}.below(0);
    if (!text.empty()) out += fmt::format("{}\n{}", heading, text);
  };
  if (direction != domain::Direction::down) section(true, "made from");
  if (direction != domain::Direction::up) section(false, "led to");
  return out;
}

Json lineage_json(const domain::Lineage& graph) {
  Json nodes = Json::array();
  for (const auto& node : graph.nodes) {
    nodes.push_back(Json::object(
        {{"kind", name_of(node.kind)}, {"id", node.id}, {"label", node.label}, {"entered", entries_json(node)}}));
  }
  Json edges = Json::array();
  for (const auto& edge : graph.edges) {
    edges.push_back(Json::object({{"from", edge.from}, {"to", edge.to}, {"relation", edge.relation}}));
  }
  return Json::object({{"nodes", nodes}, {"edges", edges}, {"truncated", graph.truncated}});
}

std::string lineage_dot(const domain::Lineage& graph) {
  std::string out = "digraph lineage {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& node = graph.nodes[i];
    out += fmt::format("  n{} [label=\"{}\\n{}", i, escaped(title(node)), escaped(node.label));
    for (const auto& entry : node.entered) {
      out += fmt::format("\\nlet into {} {}", escaped(entry.change.stage), escaped(moment(entry)));
    }
    out += "\"];\n";
  }
  for (const auto& edge : graph.edges)
    out += fmt::format("  n{} -> n{} [label=\"{}\"];\n", edge.from, edge.to, escaped(edge.relation));
  return out + "}\n";
}

std::string lineage_mermaid(const domain::Lineage& graph) {
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    out += fmt::format("  n{}[\"{}\"]\n", i, escaped(title(graph.nodes[i])));
  for (const auto& edge : graph.edges)
    out += fmt::format("  n{} -->|{}| n{}\n", edge.from, escaped(edge.relation), edge.to);
  return out;
}

}  // namespace mlops::cli
