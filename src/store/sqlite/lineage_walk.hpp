// The query that walks through the lineage.
#pragma once

#include <string_view>

namespace mlops::store::sqlite {

// Takes the kind of the first node, its id, the ways ("u" and "d"), the last depth from which steps are taken, how many
// neighbours of a kind a node gives, and how many rows there may be. Gives (way, kind, id, depth, via_kind, via_id,
// relation), breadth first.
extern const std::string_view lineage_walk_sql;

}  // namespace mlops::store::sqlite
