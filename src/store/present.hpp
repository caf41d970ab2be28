#pragma once

#include <mlops/store/store.hpp>

namespace mlops::store {

// Error{not_found} where it is not there, or deleted: what a deleted version was is settled, so that nothing more is
// said of it, and it goes nowhere.
VersionSummary present(ReadTransaction& view, const domain::VersionId& id);

}  // namespace mlops::store
