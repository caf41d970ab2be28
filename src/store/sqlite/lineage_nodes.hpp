// A node of the lineage, from its row.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include <mlops/domain/lineage.hpp>

#include "db.hpp"

namespace mlops::store::sqlite {

using NodeId = std::variant<std::int64_t, std::string>;  // a commit's is its text
using NodeKey = std::pair<domain::NodeKind, NodeId>;

domain::LineageNode lineage_node(Database& database, const NodeKey& key);

}  // namespace mlops::store::sqlite
