// A lineage graph as a tree for the terminal, JSON, Graphviz and Mermaid.
#pragma once

#include <string>

#include <mlops/domain/lineage.hpp>
#include <mlops/support/json.hpp>

#include "style.hpp"

namespace mlops::cli {

// Walks from the first node upwards ("made from") and downwards ("led to"); a node that was drawn already is named
// again with "(above)".
std::string lineage_tree(const domain::Lineage& graph, domain::Direction direction, const Style& style);
Json lineage_json(const domain::Lineage& graph);
std::string lineage_dot(const domain::Lineage& graph);
std::string lineage_mermaid(const domain::Lineage& graph);

}  // namespace mlops::cli
