// Who leads to whom in a graph with functions: which operators run for a signature, and which only to save the model.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensorflow/graph.hpp"

namespace mlops::formats::tensorflow {

// A place is a node of the graph itself, or a function as a whole: of its nodes every one may run when it is called.
class CallGraph {
 public:
  static constexpr std::size_t most_edges = 4'000'000;

  void add(const Node& node, const std::string& function);
  void add_gradient(const std::string& function, const std::string& gradient);

  // Nodes and functions that whoever asks for a signature, or loads the model, may come to.
  void add_root_node(const std::string& node) { roots_.push_back(id_of('n', node)); }
  void add_root_function(const std::string& function) { roots_.push_back(id_of('f', function)); }

  // Whether there are more edges than are kept: then nothing can be said.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

  // Everything that can be come to.
  class Places {
   public:
    Places() = default;
    [[nodiscard]] bool contains(std::uint32_t place) const { return place < reached_.size() && reached_[place]; }

   private:
    friend class CallGraph;
    std::vector<bool> reached_;
  };
  [[nodiscard]] Places reached_from_roots() const { return reached(roots_); }
  [[nodiscard]] Places reached_from_nodes(const std::vector<std::string>& nodes) const;
  // Of a node, or of the function in which it is. One that nobody has named is nowhere.
  [[nodiscard]] std::uint32_t place(const std::string& function, const std::string& node) const;

 private:
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  std::uint32_t id_of(char kind, const std::string& name);
  [[nodiscard]] std::uint32_t find(char kind, const std::string& name) const;
  [[nodiscard]] Places reached(std::vector<std::uint32_t> open) const;
  void add_edge(std::uint32_t from, char kind, const std::string& to);

  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::vector<std::uint32_t>> edges_;
  std::vector<std::uint32_t> roots_;
  std::size_t count_ = 0;
  bool is_cut_ = false;
};

}  // namespace mlops::formats::tensorflow
