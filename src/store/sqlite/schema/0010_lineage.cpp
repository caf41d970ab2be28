#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// A walk through the lineage asks of each version which firings there were about it, and which events let it in.
const Migration lineage_of_versions = {"0010 lineage", R"sql(
CREATE INDEX firing_by_version ON firing(version_id, id);
CREATE INDEX event_of_stages ON event(model, at) WHERE kind IN ('stage.promoted', 'stage.rolled_back');
)sql"};

}  // namespace mlops::store::sqlite
