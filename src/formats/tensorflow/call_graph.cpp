#include "tensorflow/call_graph.hpp"

#include "tensorflow/operators.hpp"

namespace mlops::formats::tensorflow {

std::uint32_t CallGraph::id_of(char kind, const std::string& name) {
  const auto [at, is_new] = ids_.emplace(kind + name, static_cast<std::uint32_t>(edges_.size()));
  if (is_new) edges_.emplace_back();
  return at->second;
}

std::uint32_t CallGraph::find(char kind, const std::string& name) const {
  const auto at = ids_.find(kind + name);
  return at == ids_.end() ? nowhere : at->second;
}

std::uint32_t CallGraph::place(const std::string& function, const std::string& node) const {
  return function.empty() ? find('n', node) : find('f', function);
}

void CallGraph::add_edge(std::uint32_t from, char kind, const std::string& to) {
  if (count_ == most_edges) {
    is_cut_ = true;
    return;
  }
  ++count_;
  const std::uint32_t id = id_of(kind, to);  // first: it may move all edges
  edges_[from].push_back(id);
}

void CallGraph::add(const Node& node, const std::string& function) {
  if (is_cut_) return;
  const std::uint32_t from = function.empty() ? id_of('n', node.name) : id_of('f', function);
  if (function.empty()) {
    for (const std::string& input : node.inputs) add_edge(from, 'n', node_of(input));
  }
  for (const std::string& called : node.functions) add_edge(from, 'f', called);
  // In old graphs an operator can be the name of a function.
  if (kind_of(node.op) == Kind::unknown) add_edge(from, 'f', node.op);
}

void CallGraph::add_gradient(const std::string& function, const std::string& gradient) {
  add_edge(id_of('f', function), 'f', gradient);
}

CallGraph::Places CallGraph::reached_from_nodes(const std::vector<std::string>& nodes) const {
  std::vector<std::uint32_t> from;
  for (const std::string& node : nodes) {
    if (const std::uint32_t id = find('n', node); id != nowhere) from.push_back(id);
  }
  return reached(std::move(from));
}

CallGraph::Places CallGraph::reached(std::vector<std::uint32_t> open) const {
  Places places;
  places.reached_.resize(edges_.size());
  for (const std::uint32_t place : open) places.reached_[place] = true;
  while (!open.empty()) {
    const std::uint32_t place = open.back();
    open.pop_back();
    for (const std::uint32_t next : edges_[place]) {
      if (places.reached_[next]) continue;
      places.reached_[next] = true;
      open.push_back(next);
    }
  }
  return places;
}

}  // namespace mlops::formats::tensorflow
