#include "lineage_text.hpp"

#include <set>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

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
    case domain::NodeKind::version:
      return printable(node.id);
  }
  return printable(node.id);
}

// An edge names what its source is to its target; going down, it is read the other way round.
std::string downwards(const std::string& relation) {
  if (relation == "trained by") return "made";
  if (relation == "holds") return relation;
  return relation + " of";
}

struct Step {
  std::size_t node;
  std::string relation;
};

class Tree {
 public:
  Tree(const domain::Lineage& graph, const Style& style, bool upwards)
      : graph_{graph}, style_{style}, upwards_{upwards} {}

  std::string below(std::size_t start) {
    drawn_ = {start};
    std::string out;
    draw(start, "", out);
    return out;
  }

 private:
  std::vector<Step> next(std::size_t node) const {
    std::vector<Step> steps;
    for (const auto& edge : graph_.edges) {
      if (upwards_ && edge.to == node) steps.push_back({edge.from, edge.relation});
      if (!upwards_ && edge.from == node) steps.push_back({edge.to, downwards(edge.relation)});
    }
    return steps;
  }

  // The depth of the walk is bounded by the query that made the graph.
  void draw(std::size_t node, const std::string& indent, std::string& out) {
    const std::vector<Step> steps = next(node);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool last = i + 1 == steps.size();
      const domain::LineageNode& shown = graph_.nodes[steps[i].node];
      const bool again = !drawn_.insert(steps[i].node).second;
      const std::string note = again ? "(above)" : printable(shown.label);
      out += fmt::format("{}{} {} {}{}\n", indent, last ? "└─" : "├─", style_.faint(steps[i].relation + ":"),
                         style_.bold(title(shown)), note.empty() ? "" : "  " + style_.faint(note));
      if (!again) draw(steps[i].node, indent + (last ? "   " : "│  "), out);
    }
  }

  const domain::Lineage& graph_;
  const Style& style_;
  bool upwards_;
  std::set<std::size_t> drawn_;
};

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
    nodes.push_back(Json::object({{"kind", name_of(node.kind)}, {"id", node.id}, {"label", node.label}}));
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
    out += fmt::format("  n{} [label=\"{}\\n{}\"];\n", i, escaped(title(node)), escaped(node.label));
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
